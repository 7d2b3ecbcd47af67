import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { KeyFileError } from '../../access/key-file.ts';
import { ManualClock } from '../../platform/clock.ts';
import { KEYRING_FILE, KeyringFile } from './keyring-file.ts';
import { addKmsKey, addMasterKey, type KeyringState, NO_KEYS } from './keyring-state.ts';

const folders: string[] = [];
function folder(): string {
  const path = fs.mkdtempSync(join(tmpdir(), 'cosette-keyring-'));
  folders.push(path);
  return join(path, 'data');
}
afterEach(() => {
  for (const path of folders.splice(0)) fs.rmSync(path, { recursive: true, force: true });
});

const clock = () => new ManualClock(Date.now());
const adding = (description: string) => (keys: KeyringState) => addKmsKey(keys, description, { nowMs: 1 });
const names = (keys: KeyringState) => keys.kmsKeys.map(({ description }) => description);

describe('KeyringFile', () => {
  it('holds nothing before there is a file, and makes none by looking', () => {
    const dir = folder();
    const file = new KeyringFile(dir, clock());
    expect(file.current()).toBe(NO_KEYS);
    expect(file.fresh()).toBe(NO_KEYS);
    expect(file.change((keys) => keys)).toBe(NO_KEYS);
    expect(fs.readdirSync(dir)).toEqual(['keyring.lock']);
  });

  it('keeps a change, from other users too, and leaves nothing beside it', () => {
    const dir = folder();
    const keys = new KeyringFile(dir, clock()).change((before) => addMasterKey(before, { nowMs: 7 }));
    expect(new KeyringFile(dir, clock()).current()).toEqual(keys);
    if (process.platform !== 'win32') expect(fs.statSync(join(dir, KEYRING_FILE)).mode & 0o777).toBe(0o600);
    expect(fs.readdirSync(dir).sort()).toEqual([KEYRING_FILE, 'keyring.lock']);
    expect(fs.readdirSync(join(dir, 'keyring.lock'))).toEqual([]);
  });

  it('loses nothing that another wrote since it looked', () => {
    const dir = folder();
    const one = new KeyringFile(dir, clock());
    const other = new KeyringFile(dir, clock());
    one.current();
    other.current();
    for (const at of [1, 2, 3]) {
      one.change(adding(`one ${at}`));
      other.change(adding(`other ${at}`));
    }
    expect(names(one.fresh())).toEqual(['one 1', 'other 1', 'one 2', 'other 2', 'one 3', 'other 3']);
  });

  it('looks again after a second, not before', () => {
    const dir = folder();
    const time = clock();
    const file = new KeyringFile(dir, time);
    file.change(adding('own'));
    new KeyringFile(dir, time).change(adding('other'));
    time.advance(999);
    expect(names(file.current())).toEqual(['own']);
    time.advance(1);
    expect(names(file.current())).toEqual(['own', 'other']);
    new KeyringFile(dir, time).change(adding('third'));
    expect(names(file.fresh())).toEqual(['own', 'other', 'third']);
  });

  it('reads only what was replaced', () => {
    const dir = folder();
    const file = new KeyringFile(dir, clock());
    file.change(adding('own'));
    const first = file.fresh();
    expect(file.fresh()).toBe(first);
    const path = join(dir, KEYRING_FILE);
    fs.copyFileSync(path, `${path}.copy`);
    fs.renameSync(`${path}.copy`, path);
    expect(file.fresh()).not.toBe(first);
    expect(file.fresh()).toEqual(first);
  });

  it('refuses a file it cannot use, and does not replace it', () => {
    const dir = folder();
    const file = new KeyringFile(dir, clock());
    file.change(adding('own'));
    const path = join(dir, KEYRING_FILE);
    for (const content of ['', '{', '{"format":2}', ' '.repeat(4 * 1024 * 1024 + 1)]) {
      fs.writeFileSync(path, content);
      expect(() => file.fresh()).toThrow(KeyFileError);
      expect(() => file.change(adding('more'))).toThrow(path);
      expect(() => new KeyringFile(dir, clock()).current()).toThrow(KeyFileError);
      expect(fs.readFileSync(path, 'utf8')).toBe(content);
    }
    expect(fs.readdirSync(join(dir, 'keyring.lock'))).toEqual([]);
  });

  it('makes no new keys in place of a file that is gone', () => {
    const dir = folder();
    const file = new KeyringFile(dir, clock());
    file.change(adding('own'));
    fs.rmSync(join(dir, KEYRING_FILE));
    expect(() => file.fresh()).toThrow('is gone');
    expect(() => file.change(adding('new'))).toThrow('is gone');
    expect(fs.existsSync(join(dir, KEYRING_FILE))).toBe(false);
  });

  it('keeps the keys when a change fails, and lets the next one in', () => {
    const dir = folder();
    const file = new KeyringFile(dir, clock());
    file.change(adding('own'));
    expect(() =>
      file.change(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    fs.writeFileSync(join(dir, `${KEYRING_FILE}.new`), 'left by a process that was killed');
    expect(names(file.change(adding('more')))).toEqual(['own', 'more']);
  });

  it('does not grow without bound', () => {
    const dir = folder();
    const file = new KeyringFile(dir, clock());
    const key = addKmsKey(NO_KEYS, 'x'.repeat(256), { nowMs: 1 }).kmsKeys[0]!;
    expect(() => file.change((keys) => ({ ...keys, kmsKeys: Array.from({ length: 10_000 }, () => key) }))).toThrow(
      'is full',
    );
    expect(file.fresh()).toBe(NO_KEYS);
  });

  it('waits for another process so long and no longer, and not at all for a dead one', async () => {
    const dir = folder();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(other, 'spawn');
    fs.mkdirSync(join(dir, 'keyring.lock'), { recursive: true });
    // Elsewhere: lives as long as it touches the file.
    const holder = { pid: other.pid, started: '', boot: '', host: `not ${hostname()}`, token: 'x' };
    fs.writeFileSync(join(dir, 'keyring.lock', 'LOCK'), JSON.stringify(holder));
    const file = new KeyringFile(dir, clock(), 50);
    const from = performance.now();
    expect(() => file.change(adding('own'))).toThrow('another process');
    expect(performance.now() - from).toBeGreaterThanOrEqual(45);
    expect(names(file.current())).toEqual([]);
    other.kill('SIGKILL');
    await once(other, 'exit');
    fs.writeFileSync(join(dir, 'keyring.lock', 'LOCK'), JSON.stringify({ ...holder, host: hostname() }));
    expect(names(file.change(adding('own')))).toEqual(['own']);
  });

  it.runIf(process.platform !== 'win32')('notes a file that others can read', () => {
    const dir = folder();
    const file = new KeyringFile(dir, clock());
    expect(file.notes()).toEqual([]);
    file.change(adding('own'));
    expect(file.notes()).toEqual([]);
    fs.chmodSync(file.path, 0o640);
    expect(file.notes()[0]).toContain('chmod 600');
  });
});
