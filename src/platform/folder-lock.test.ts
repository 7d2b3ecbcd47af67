import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bootId, FolderLockedError, lockFolder } from './folder-lock.ts';

const now = () => Date.now();
const locked = FolderLockedError;
const made: string[] = [];
afterAll(() => {
  for (const dir of made) fs.rmSync(dir, { recursive: true, force: true });
});

function tempDir(): string {
  const dir = fs.mkdtempSync(join(tmpdir(), 'cosette-lock-'));
  made.push(dir);
  return dir;
}

/** A process that lives, as the holder of a lock. */
async function holderIn(dir: string, change: Record<string, unknown> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const stat = fs.existsSync(`/proc/${child.pid}/stat`) ? fs.readFileSync(`/proc/${child.pid}/stat`, 'latin1') : '';
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const holder = { pid: child.pid, started, boot: bootId(), host: hostname(), token: 'x', ...change };
  fs.writeFileSync(join(dir, 'LOCK'), JSON.stringify(holder));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('lockFolder', () => {
  it('lets one in at a time', () => {
    const dir = tempDir();
    const lock = lockFolder(dir, now);
    expect(() => lockFolder(dir, now)).toThrow(locked);
    expect(() => lockFolder(`${dir}/.`, now)).toThrow(locked);
    lock.release();
    expect(fs.readdirSync(dir)).toEqual([]);
    lockFolder(dir, now).release();
  });

  it('is held by a process that lives and names it, until that one is killed', async () => {
    const dir = tempDir();
    const child = await holderIn(dir);
    expect(() => lockFolder(dir, now)).toThrow(`process ${child.pid}`);
    await kill(child);
    const lock = lockFolder(dir, now);
    expect(JSON.parse(fs.readFileSync(join(dir, 'LOCK'), 'utf8')).pid).toBe(process.pid);
    lock.release();
  });

  it.each([
    ['another process with the number of the holder', { started: '1' }],
    ['a holder of another boot', { boot: 'another' }],
    ['this very process, when an earlier one had its number', { pid: process.pid }],
  ])('is not held by %s', async (_, change) => {
    const dir = tempDir();
    const child = await holderIn(dir, change);
    lockFolder(dir, now).release();
    await kill(child);
  });

  it('is held by a process elsewhere as long as that one shows life', async () => {
    const dir = tempDir();
    const child = await holderIn(dir, { host: 'elsewhere' });
    expect(() => lockFolder(dir, now)).toThrow('elsewhere');
    lockFolder(dir, () => Date.now() + 60_000).release();
    await kill(child);
  });

  it('survives what a process leaves that dies while it takes the lock', async () => {
    const dir = tempDir();
    await kill(await holderIn(dir));
    fs.copyFileSync(join(dir, 'LOCK'), join(dir, 'LOCK.takeover'));
    lockFolder(dir, now).release();
    fs.writeFileSync(join(dir, 'LOCK'), '');
    lockFolder(dir, now).release();
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  it('does not remove the lock of another', async () => {
    const dir = tempDir();
    const lock = lockFolder(dir, now);
    const child = await holderIn(dir);
    lock.release();
    expect(() => lockFolder(dir, now)).toThrow(locked);
    await kill(child);
  });
});
