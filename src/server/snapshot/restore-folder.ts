/**
 * Makes a data folder out of a snapshot. All is read into `restore.partial` inside of it, checked and synced; then the
 * parts take their places. What fails before that leaves the folder as it was.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { OnProgress } from '../../features/snapshot/format.ts';
import { type Restored, restoreSnapshot } from '../../features/snapshot/restore.ts';
import { SnapshotError } from '../../features/snapshot/snapshot-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { FolderLockedError, lockFolder } from '../../platform/folder-lock.ts';
import { checked } from '../../store/checked.ts';
import { openLocalStore } from '../../store/local/index.ts';
import { StoreError } from '../../store/store.ts';
import { writeStateFiles } from './state-files.ts';

const PARTIAL = 'restore.partial';
const OLD = 'restore.old';
const MARK = 'FORMAT';
/** What a data folder of ours may hold at its top. */
const OURS =
  /^(?:(?:FORMAT|credentials\.json|secret\.key|keyring\.json)(?:\.new)?|log|files|index|keyring\.lock|tls|restore\.partial)$/;
const LOCK = /^LOCK(?:\..*)?$/;

export interface RestoreFolderOptions {
  /** Replace the data folder that is there. */
  readonly force: boolean;
  readonly clock: Clock;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * @param file the snapshot
 * @throws SnapshotError, StoreError, KeyFileError; Node's own errors
 */
export async function restoreFolder(
  file: AsyncIterable<Buffer>,
  folder: string,
  { force, clock, onProgress }: RestoreFolderOptions,
): Promise<Restored> {
  const dir = resolve(folder);
  const made = await mkdir(dir, { recursive: true, mode: 0o700 });
  let kept = false;
  try {
    const lock = locked(dir, clock);
    try {
      const before = await replaceable(dir, force);
      const partial = join(dir, PARTIAL);
      await rm(partial, { recursive: true, force: true });
      try {
        const restored = await fill(file, partial, clock, onProgress);
        await takePlaces(dir, before);
        kept = true;
        return restored;
      } finally {
        await rm(partial, { recursive: true, force: true });
      }
    } finally {
      lock.release();
    }
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' || (error instanceof StoreError && error.kind === 'full')
      ? new SnapshotError(`no space left in ${dir}: free some, or choose another place. Nothing was left behind`)
      : error;
  } finally {
    if (made !== undefined && !kept) await rm(made, { recursive: true, force: true });
  }
}

/** @throws StoreError locked */
function locked(dir: string, clock: Clock) {
  try {
    return lockFolder(dir, () => clock.nowMs());
  } catch (error) {
    throw error instanceof FolderLockedError ? new StoreError('locked', error.message) : error;
  }
}

/** @returns names that have to go @throws SnapshotError for a folder that holds what may not go */
async function replaceable(dir: string, force: boolean): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => !LOCK.test(name));
  if (names.includes(OLD)) {
    throw new SnapshotError(
      `a restore into ${dir} was interrupted while it put things in their places: what was there before lies in ${join(dir, OLD)}. Move it away first`,
    );
  }
  const before = names.filter((name) => name !== PARTIAL);
  if (before.length === 0) return before;
  if (!force) {
    throw new SnapshotError(`${dir} is not empty: choose another folder, or replace the data in it with --force`);
  }
  const foreign = before.find((name) => !OURS.test(name));
  if (foreign !== undefined || !existsSync(join(dir, MARK))) {
    const why = foreign === undefined ? `there is no ${MARK} in it` : `it holds ${JSON.stringify(foreign)}`;
    throw new SnapshotError(`${dir} is no data folder of cosette alone (${why}): it is not replaced, --force or not`);
  }
  return before;
}

async function fill(
  file: AsyncIterable<Buffer>,
  partial: string,
  clock: Clock,
  onProgress: OnProgress | undefined,
): Promise<Restored> {
  const store = await openLocalStore({ dir: partial, clock, compaction: { background: false } });
  let restored: Restored;
  try {
    restored = await restoreSnapshot(file, checked(store), onProgress);
  } finally {
    await store.close();
  }
  await writeStateFiles(partial, restored.files);
  await sync(partial);
  return restored;
}

/** `FORMAT`, by which a data folder is known, goes first and comes last. */
async function takePlaces(dir: string, before: readonly string[]): Promise<void> {
  const partial = join(dir, PARTIAL);
  const old = join(dir, OLD);
  const last = (a: string, b: string) => Number(a === MARK) - Number(b === MARK);
  if (before.length > 0) {
    await mkdir(old, { mode: 0o700 });
    for (const name of [...before].sort((a, b) => last(b, a))) await rename(join(dir, name), join(old, name));
  }
  const names = (await readdir(partial)).filter((name) => !LOCK.test(name));
  for (const name of names.sort(last)) await rename(join(partial, name), join(dir, name));
  await sync(dir);
  await rm(old, { recursive: true, force: true });
}

async function sync(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
