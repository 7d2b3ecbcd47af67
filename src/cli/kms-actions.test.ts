import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KeyFileError } from '../access/key-file.ts';
import { FileKeyring } from '../features/encryption/local-keyring.ts';
import { ManualClock } from '../platform/clock.ts';
import { createKey, listKeys, openKmsFolder, rotateKey, rotateMaster, setState } from './kms-actions.ts';

const folders: string[] = [];
function opened() {
  const parent = mkdtempSync(join(tmpdir(), 'cosette-kms-'));
  folders.push(parent);
  const dir = join(parent, 'data');
  const clock = new ManualClock(Date.UTC(2026, 0, 2, 3, 4, 5));
  return { dir, folder: openKmsFolder(dir, clock), server: new FileKeyring(dir, { clock }) };
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const UUID = /^[0-9a-f-]{36}\n$/;
const dataKey = Buffer.alloc(32, 7);

describe('cosette kms', () => {
  it('makes keys and lists them', () => {
    const { folder, server } = opened();
    expect(listKeys(folder)).toBe('No keys for SSE-KMS: cosette kms create makes one.\n');
    const text = createKey(folder, 'für Akten');
    expect(text).toMatch(UUID);
    const id = text.trim();
    const { keyId } = server.wrapForKms(undefined, undefined, dataKey);
    const { masterKeyId } = server.wrapForCos(dataKey);
    expect(listKeys(folder).split('\n')).toEqual([
      'KEY ID                                STATE    VERSIONS  CREATED                   DESCRIPTION',
      `${id}  Enabled  1         2026-01-02T03:04:05.000Z  für Akten`,
      `${keyId}  Enabled  1         2026-01-02T03:04:05.000Z  Default key of COS (default)`,
      `SSE-COS: 1 master key, active ${masterKeyId}`,
      '',
    ]);
  });

  it('disables, enables and rotates what a server uses', () => {
    const { dir, folder, server } = opened();
    const id = createKey(folder, '').trim();
    expect(rotateKey(folder, id)).toBe(`${id} version 2\n`);
    const wrapped = server.wrapForKms(id, undefined, dataKey);
    expect(wrapped.keyVersion).toBe(2);
    expect(setState(folder, id, 'Disabled')).toBe(`${id} Disabled\n`);
    expect(listKeys(folder)).toContain('Disabled  2');
    expect(() => new FileKeyring(dir, folder).unwrapForKms(wrapped)).toThrow(
      expect.objectContaining({ code: 'KmsKeyDisabled' }),
    );
    expect(setState(folder, id, 'Enabled')).toBe(`${id} Enabled\n`);
    expect(server.unwrapForKms(wrapped)).toEqual(dataKey);
  });

  it('gives SSE-COS a new master key', () => {
    const { folder, server } = opened();
    const old = server.wrapForCos(dataKey);
    const id = rotateMaster(folder).trim();
    expect(id).not.toBe(old.masterKeyId);
    expect(listKeys(folder)).toContain(`SSE-COS: 2 master keys, active ${id}\n`);
    expect(server.unwrapForCos(old)).toEqual(dataKey);
  });

  it('prints no secret', () => {
    const { dir, folder } = opened();
    const id = createKey(folder, 'files').trim();
    const printed = [rotateKey(folder, id), rotateMaster(folder), setState(folder, id, 'Disabled'), listKeys(folder)];
    const secrets = [...readFileSync(join(dir, 'keyring.json'), 'utf8').matchAll(/"key": "([^"]+)"/g)];
    expect(secrets).toHaveLength(3);
    for (const [, secret] of secrets) expect(printed.join()).not.toContain(secret);
  });

  it('names an unknown key and makes nothing for it', () => {
    const { dir, folder } = opened();
    for (const act of [() => rotateKey(folder, 'none'), () => setState(folder, 'none', 'Disabled')]) {
      expect(act).toThrow(KeyFileError);
      expect(act).toThrow('holds no key none');
    }
    expect(existsSync(dir)).toBe(false);
  });

  it('refuses a description that is no line', () => {
    const { dir, folder } = opened();
    for (const text of ['a\nb', 'x'.repeat(257)]) expect(() => createKey(folder, text)).toThrow(KeyFileError);
    expect(existsSync(dir)).toBe(false);
  });
});
