import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findFirstAccount, openFirstAccount } from '../../access/key-file.ts';
import { openSecrets } from '../../access/secrets.ts';
import { contentOf, fillStore } from '../../features/snapshot/harness.ts';
import { openLocalAuthority } from '../../platform/certificates/local-authority.ts';
import { systemClock } from '../../platform/clock.ts';
import { openLocalStore } from '../../store/local/index.ts';
import { openMemoryStore } from '../../store/memory/index.ts';
import { snapshotOfFolder } from './folder-source.ts';
import { restoreFolder } from './restore-folder.ts';
import { readSnapshotFile, writeSnapshotFile } from './snapshot-file.ts';

const made: string[] = [];
const place = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'cosette-snapshot-'));
  made.push(dir);
  return dir;
};
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const clock = systemClock;
const save = (dir: string, file: string, withKeys = true) =>
  writeSnapshotFile(file, snapshotOfFolder(dir, withKeys, clock), { force: false });
const restore = (file: string, dir: string, force = false) =>
  restoreFolder(readSnapshotFile(file), dir, { force, clock });

async function contentIn(dir: string): Promise<string[]> {
  const store = await openLocalStore({ dir });
  try {
    return await contentOf(store);
  } finally {
    await store.close();
  }
}

/** A data folder with rows, a pair that was made, a secret and an authority; and a snapshot of it. */
async function savedFolder() {
  const dir = place();
  const data = join(dir, 'data');
  const account = await openFirstAccount(data, { appid: '1250000007' });
  await openSecrets(data);
  await openLocalAuthority(data, clock);
  const store = await openLocalStore({ dir: data });
  await fillStore(store, 30);
  await store.close();
  // Deletions that are due are carried out first.
  const file = join(dir, 'file');
  const written = await save(data, file);
  return { dir, data, account, file, written };
}

describe('a data folder', () => {
  it('comes back whole: rows, bodies, key pair, secret, authority', async () => {
    const { dir, data, account, file, written } = await savedFolder();
    const other = join(dir, 'new', 'data');
    const { counts } = await restore(file, other);
    expect(counts).toEqual(written.counts);
    expect(written.fileBytes).toBe(statSync(file).size);
    expect(await contentIn(other)).toEqual(await contentIn(data));
    expect(await findFirstAccount(other)).toMatchObject({ ...account, origin: 'file', notes: [] });
    for (const name of ['secret.key', 'tls/ca.crt', 'tls/ca-key.pem']) {
      expect(readFileSync(join(other, name)).equals(readFileSync(join(data, name))), name).toBe(true);
      expect(statSync(join(other, name)).mode & 0o777, name).toBe(name === 'tls/ca.crt' ? 0o644 : 0o600);
    }
    expect(readdirSync(other).sort()).toEqual(readdirSync(data).sort());
  });

  it('without keys keeps the account and no secret', async () => {
    const { dir, data, account } = await savedFolder();
    const file = join(dir, 'bare');
    await save(data, file, false);
    const { header } = await restore(file, join(dir, 'new'));
    expect(header).toMatchObject({ keys: false, appid: '1250000007' });
    expect(readdirSync(join(dir, 'new'))).not.toContain('secret.key');
    const { appid, secretId } = await openFirstAccount(join(dir, 'new'));
    expect(appid).toBe(account.appid);
    expect(secretId).not.toBe(account.secretId);
  });

  it('is not saved while it is in use, nor made by asking for it', async () => {
    const { dir, data } = await savedFolder();
    const store = await openLocalStore({ dir: data });
    await expect(save(data, join(dir, 'no'))).rejects.toMatchObject({ kind: 'locked' });
    await expect(restore(join(dir, 'file'), data, true)).rejects.toMatchObject({ kind: 'locked' });
    await store.close();
    await expect(save(join(dir, 'none'), join(dir, 'no'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(dir).sort()).toEqual(['data', 'file']);
  });

  it('is left as it was when the disk is full, and the reason said', async () => {
    const { dir, data, file } = await savedFolder();
    async function* full() {
      let pieces = 0;
      for await (const piece of readSnapshotFile(file)) {
        if (pieces++ === 2) throw Object.assign(new Error('write'), { code: 'ENOSPC' });
        yield piece;
      }
    }
    const before = readdirSync(data).sort();
    const options = { clock, force: true };
    await expect(restoreFolder(full(), data, options)).rejects.toThrow(/no space left in .*data: free some/);
    await expect(restoreFolder(full(), join(dir, 'new'), options)).rejects.toThrow('no space left');
    expect(readdirSync(data).sort()).toEqual(before);
    await expect(writeSnapshotFile(join(dir, 'copy'), full(), { force: false })).rejects.toThrow(
      /no space left for .*copy after \d+ bytes/,
    );
    expect(readdirSync(dir).sort()).toEqual(['data', 'file']);
    const small = openMemoryStore({ capacityBytes: 100_000 });
    const { restoreSnapshot } = await import('../../features/snapshot/restore.ts');
    await expect(restoreSnapshot(readSnapshotFile(file), small)).rejects.toMatchObject({ kind: 'full' });
  });

  it('is not replaced when a restore was interrupted in the middle, nor is what a killed one left an obstacle', async () => {
    const { dir, file } = await savedFolder();
    const killed = join(dir, 'killed');
    mkdirSync(join(killed, 'restore.partial', 'log'), { recursive: true });
    writeFileSync(join(killed, 'LOCK'), JSON.stringify({ pid: 1, started: '0', boot: 'x', host: 'y', token: 'z' }));
    const past = new Date(0);
    (await import('node:fs')).utimesSync(join(killed, 'LOCK'), past, past);
    await restore(file, killed);
    expect(existsSync(join(killed, 'restore.partial'))).toBe(false);
    mkdirSync(join(killed, 'restore.old'));
    await expect(restore(file, killed, true)).rejects.toThrow('restore.old');
  });
});

describe('the file', () => {
  it('is not replaced, and a folder is none', async () => {
    const { dir, data, file } = await savedFolder();
    const before = readFileSync(file);
    await expect(save(data, file)).rejects.toThrow('--force');
    await expect(save(data, dir)).rejects.toThrow('is a folder');
    await expect(restore(dir, join(dir, 'new'))).rejects.toThrow('is a folder');
    await expect(restore(join(dir, 'none'), join(dir, 'new'))).rejects.toThrow('there is no file');
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(dir).sort()).toEqual(['data', 'file']);
  });
});
