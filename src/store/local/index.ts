/** The engine that keeps data on the local disk: a log of segments, an index of it, files for large bodies. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { FolderLockedError, type Lock, lockFolder } from '../../platform/folder-lock.ts';
import { nodeDisk } from '../../platform/node-disk.ts';
import { OpenViews } from '../rows-view.ts';
import { type Store, StoreError } from '../store.ts';
import { BodyReader } from './body-reader.ts';
import { Committer } from './committer.ts';
import { checkFormat } from './format.ts';
import { type OpenedIndex, openIndex } from './index-open.ts';
import { LargeFiles } from './large-files.ts';
import { LocalBlobs } from './local-blobs.ts';
import { LocalMeta } from './local-meta.ts';
import { LogQueue } from './log-queue.ts';
import { type CompactionResult, Maintenance } from './maintenance.ts';
import type { LocalStoreOptions } from './options.ts';
import { scanPage } from './pages.ts';
import { Reserve } from './reserve.ts';
import { Segments } from './segments.ts';

export type { CompactionResult } from './maintenance.ts';
export type { CompactionOptions, LocalStoreEvent, LocalStoreOptions } from './options.ts';

export interface LocalStore extends Store {
  /** Rewrites every segment of the log that holds too little of use, at once and as fast as it goes. */
  compact(): Promise<CompactionResult>;
}

const MIB = 1024 ** 2;
const SEGMENT_LIMIT = 2 * 1024 ** 3;

/**
 * Opens a data folder, or makes one.
 * @throws StoreError locked, newer-format, damaged, full, failed
 */
export async function openLocalStore(options: LocalStoreOptions): Promise<LocalStore> {
  const { disk = nodeDisk, clock = systemClock, log = () => undefined } = options;
  // Absolute: the way up from a relative name ends in `.`, which is above itself.
  const dir = resolve(options.dir);
  const sync = options.durability !== 'relaxed';
  const segmentBytes = Math.min(options.segmentBytes ?? 256 * MIB, SEGMENT_LIMIT);
  const stageLimit = options.inlineLimitBytes ?? MIB;

  const firstMade = mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lock = lockStore(dir, clock);
  const segments = new Segments(disk, join(dir, 'log'));
  let opened: OpenedIndex | undefined;
  try {
    await disk.mkdir(dir);
    // Every folder that was made has to be durable in its own folder.
    for (let path = dir; path.length >= (firstMade ?? dir).length; path = dirname(path)) {
      await disk.syncDir(dirname(path));
    }
    await checkFormat(disk, dir);
    await disk.mkdir(join(dir, 'log'));
    await disk.mkdir(join(dir, 'files', 'open'));
    await disk.syncDir(join(dir, 'files'));
    await disk.syncDir(dir);
    await segments.openAll();
    opened = await openIndex({
      dir: join(dir, 'index'),
      segments,
      sync,
      rebuild: options.rebuildIndex === true,
      clock,
      log,
    });
    const { index, nextSequence, close: closeIndex } = opened;
    const files = new LargeFiles(disk, join(dir, 'files'), sync, options.randomBytes ?? randomBytes);
    const orphans = await files.recover((id) => index.hasFile(id));
    if (orphans > 0) log({ kind: 'orphans-removed', count: orphans });

    const reserve = new Reserve(disk, join(dir, 'log'), options.reserveBytes ?? (sync ? 8 * MIB : 0));
    const queue = new LogQueue(segments, index, nextSequence, {
      segmentBytes,
      pendingBytes: options.pendingBytes ?? 64 * MIB,
      sync,
      log,
      reserve,
      applied: (bytes, changes) => maintenance.applied(bytes, changes),
    });
    const { background = true, liveShare = 0.5, bytesPerSecond = 32 * MIB } = options.compaction ?? {};
    const keptBytes = options.compaction?.keptBytes ?? 16 * MIB;
    const maintenance = new Maintenance(
      { segments, index, queue, checkpoints: opened.checkpoints },
      { background, liveShare, bytesPerSecond, keptBytes, clock, log, reserve },
    );
    let closing: Promise<void> | undefined;
    const assertOpen = () => {
      if (closing !== undefined) throw new StoreError('closed', 'The store is closed');
    };
    const bodies = new BodyReader(index, segments, options.cacheBytes ?? 64 * MIB);
    const blobs = new LocalBlobs({ queue, index, files, bodies, stageLimit, assertOpen });
    const committer = new Committer(queue, index, {
      owner: blobs,
      attached: (blob, ref) => blobs.attached(blob, ref),
    });
    const views = new OpenViews();
    const close = async () => {
      views.closeAll();
      const ended = maintenance.close();
      try {
        await queue.close();
        await ended;
        await files.close();
        await closeIndex();
      } finally {
        segments.close();
        lock.release();
      }
    };
    return {
      meta: new LocalMeta(index.db, committer, assertOpen),
      blobs,
      view() {
        assertOpen();
        const { source, done } = index.db.view();
        return views.add((request, assertViewOpen) => scanPage(source, request, assertViewOpen), done);
      },
      compact: () => maintenance.compact(),
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await opened?.close();
    segments.close();
    lock.release();
    throw error;
  }
}

/** @throws StoreError locked */
function lockStore(dir: string, clock: Clock): Lock {
  try {
    return lockFolder(dir, () => clock.nowMs());
  } catch (error) {
    throw error instanceof FolderLockedError ? new StoreError('locked', error.message) : error;
  }
}
