import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findFirstAccount, KEY_FILE, KeyFileError, openFirstAccount } from './key-file.ts';

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'cosette-keys-'));
  folders.push(path);
  return join(path, 'data');
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

const pair = { secretId: 'AKIDseed', secretKey: 'seedseedseed' };

describe('findFirstAccount', () => {
  it('makes nothing', async () => {
    const dir = folder();
    expect(await findFirstAccount(dir)).toBeUndefined();
    expect(await findFirstAccount(dir, pair)).toMatchObject({ ...pair, origin: 'seeds', appid: '1250000000' });
    expect(existsSync(dir)).toBe(false);
  });

  it('finds what a start made, seeds first', async () => {
    const dir = folder();
    const made = await openFirstAccount(dir);
    expect(await findFirstAccount(dir)).toEqual({ ...made, origin: 'file' });
    expect(await findFirstAccount(dir, { ...pair, appid: '1251111111' })).toMatchObject({
      ...pair,
      appid: '1251111111',
      origin: 'seeds',
    });
  });

  it('finds no pair in a file that has none', async () => {
    const dir = folder();
    await openFirstAccount(dir, pair);
    expect(await findFirstAccount(dir)).toBeUndefined();
  });
});

describe('openFirstAccount', () => {
  it('makes a pair once and reads it later', async () => {
    const dir = folder();
    const first = await openFirstAccount(dir);
    expect(first).toMatchObject({ appid: '1250000000', uin: '100000000001', origin: 'generated', notes: [] });
    expect(first.secretId).toMatch(/^AKID[A-Za-z0-9]{32}$/);
    expect(first.secretKey).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(await openFirstAccount(dir)).toEqual({ ...first, origin: 'file' });
    expect((await openFirstAccount(folder())).secretId).not.toBe(first.secretId);
  });

  it('keeps the file from other users and leaves nothing beside it', async () => {
    const dir = folder();
    await openFirstAccount(dir);
    if (process.platform !== 'win32') expect(statSync(join(dir, KEY_FILE)).mode & 0o777).toBe(0o600);
    expect(existsSync(join(dir, `${KEY_FILE}.new`))).toBe(false);
  });

  it('takes seeds, and does not write their pair to disk', async () => {
    const dir = folder();
    const seeded = await openFirstAccount(dir, { ...pair, appid: '1251111111', uin: '100000000002' });
    expect(seeded).toEqual({ ...pair, appid: '1251111111', uin: '100000000002', origin: 'seeds', notes: [] });
    expect(readFileSync(join(dir, KEY_FILE), 'utf8')).not.toContain('seed');
  });

  it('keeps APPID and UIN of the first start when the seeds are gone', async () => {
    const dir = folder();
    await openFirstAccount(dir, { ...pair, appid: '1251111111' });
    const later = await openFirstAccount(dir);
    expect(later).toMatchObject({ appid: '1251111111', origin: 'generated' });
    expect(await openFirstAccount(dir)).toEqual({ ...later, origin: 'file' });
  });

  it('lets seeds win over the file, says so, and leaves the file alone', async () => {
    const dir = folder();
    const made = await openFirstAccount(dir);
    const before = readFileSync(join(dir, KEY_FILE), 'utf8');
    const seeded = await openFirstAccount(dir, { ...pair, appid: '1251111111' });
    expect(seeded).toMatchObject({ ...pair, appid: '1251111111', uin: '100000000001', origin: 'seeds' });
    expect(seeded.notes.map((note) => note.split(' is ')[0])).toEqual([
      'the configured APPID',
      'the configured SecretId',
      'the configured SecretKey',
    ]);
    for (const note of seeded.notes) expect(note).not.toContain(made.secretKey);
    expect(seeded.notes.join()).not.toContain(pair.secretKey);
    expect(readFileSync(join(dir, KEY_FILE), 'utf8')).toBe(before);
  });

  it('refuses a file it cannot use, and does not replace it', async () => {
    const dir = folder();
    await openFirstAccount(dir);
    const path = join(dir, KEY_FILE);
    for (const content of [
      '',
      '{',
      '[]',
      '{"format":2}',
      '{"appid":"1250000000","uin":"100000000001","secretId":"AKIDx"}',
    ]) {
      writeFileSync(path, content);
      await expect(openFirstAccount(dir), content).rejects.toThrow(KeyFileError);
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
  });

  it.skipIf(process.platform === 'win32')('notes a file that others can read', async () => {
    const dir = folder();
    await openFirstAccount(dir);
    chmodSync(join(dir, KEY_FILE), 0o644);
    expect((await openFirstAccount(dir)).notes[0]).toContain('chmod 600');
  });

  it('draws every alphanumeric alike from the bytes given', async () => {
    let next = 0;
    const counting = (count: number) => Uint8Array.from({ length: count }, () => next++ % 256);
    const { secretId, secretKey } = await openFirstAccount(folder(), {}, counting);
    expect(secretId).toBe('AKIDABCDEFGHIJKLMNOPQRSTUVWXYZabcdef');
    expect(secretKey).toBe('ghijklmnopqrstuvwxyz0123456789AB');
  });
});
