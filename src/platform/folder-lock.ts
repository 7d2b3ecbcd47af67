/**
 * The file `LOCK`: one process at a time. It names its holder; whether that one still lives is asked of the system, so
 * that a killed process leaves no lock behind and a reused process number is not taken for it.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A holder on another host (or in another container) shows life by touching the file. */
const TOUCH_MS = 5_000;
const SILENT_MS = 20_000;

/** Another process, or this one, holds the folder. */
export class FolderLockedError extends Error {}

interface Holder {
  readonly pid: number;
  /** Start of the process in clock ticks since boot; empty where the system does not tell. */
  readonly started: string;
  readonly boot: string;
  readonly host: string;
  readonly token: string;
}

export interface Lock {
  release(): void;
}

/** Locks held by this process, which has one process number only. */
const held = new Set<string>();

/** @param nowMs wall clock, compared with file times @throws FolderLockedError */
export function lockFolder(dir: string, nowMs: () => number): Lock {
  const path = join(dir, 'LOCK');
  const own: Holder = {
    pid: process.pid,
    started: startOf(process.pid),
    boot: bootId(),
    host: hostname(),
    token: randomBytes(8).toString('hex'),
  };
  const real = fs.realpathSync(dir);
  if (held.has(real)) throw lockedBy(dir, own, 'this process');
  acquire(dir, path, own, nowMs);
  held.add(real);
  const touching = setInterval(() => {
    fs.utimes(path, new Date(nowMs()), new Date(nowMs()), () => undefined);
  }, TOUCH_MS);
  touching.unref();
  return {
    release() {
      clearInterval(touching);
      held.delete(real);
      if (readHolder(path)?.token === own.token) fs.rmSync(path, { force: true });
    },
  };
}

function acquire(dir: string, path: string, own: Holder, nowMs: () => number): void {
  if (tryCreate(path, own)) return;
  const guard = `${path}.takeover`;
  // Of several that find a dead holder one clears away; the guard of one that died doing so is cleared too.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (!tryCreate(guard, own)) {
      const other = readHolder(guard);
      if (other !== undefined && isAlive(other, guard, nowMs)) throw lockedBy(dir, other);
      fs.rmSync(guard, { force: true });
      continue;
    }
    try {
      const holder = readHolder(path);
      if (holder !== undefined && isAlive(holder, path, nowMs)) throw lockedBy(dir, holder);
      fs.rmSync(path, { force: true });
      if (tryCreate(path, own)) return;
    } finally {
      fs.rmSync(guard, { force: true });
    }
  }
  throw lockedBy(dir, readHolder(path) ?? own);
}

/** The file appears with its content or not at all. */
function tryCreate(path: string, holder: Holder): boolean {
  const temporary = `${path}.${holder.token}`;
  fs.writeFileSync(temporary, JSON.stringify(holder));
  try {
    fs.linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder, path: string, nowMs: () => number): boolean {
  if (holder.host !== hostname()) return nowMs() - modifiedMs(path) < SILENT_MS;
  if (holder.boot !== bootId()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  // A process with this number that started at another time is another process. So is this one itself: it holds none.
  return holder.pid !== process.pid && startOf(holder.pid) === holder.started;
}

function modifiedMs(path: string): number {
  try {
    return fs.statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function lockedBy(dir: string, { pid, host }: Holder, who = `process ${pid} on ${host}`): FolderLockedError {
  return new FolderLockedError(`${dir} is in use by ${who}`);
}

/** Identifies the running system until it starts anew; empty where it does not tell. */
export function bootId(): string {
  try {
    return fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}

/** Field 22 of /proc/<pid>/stat; empty where there is none. */
function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
