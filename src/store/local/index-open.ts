/** Opens the index in the best state that can be trusted, and brings it up to the end of the log. */
import fs from 'node:fs';
import type { Clock } from '../../platform/clock.ts';
import { bootId } from '../../platform/folder-lock.ts';
import { StoreError } from '../store.ts';
import {
  Checkpointer,
  dataPath,
  looksLikeIndex,
  removeCheckpoint,
  restoreCheckpoint,
  syncIndex,
} from './checkpoint.ts';
import { IndexDb } from './index-db.ts';
import { readMarker, removeMarker, writeMarker } from './index-marker.ts';
import { IndexState } from './index-state.ts';
import type { LocalStoreEvent } from './options.ts';
import { recover } from './recover.ts';
import type { Segments } from './segments.ts';

/** Start-ups that may fail before the index is thrown away. */
const STARTS = 2;

export interface OpenedIndex {
  readonly index: IndexState;
  readonly nextSequence: number;
  /** Absent with durability `relaxed`: nothing is promised of a power loss then. */
  readonly checkpoints: Checkpointer | undefined;
  close(): Promise<void>;
}

export interface IndexOpening {
  /** the folder `index` */
  readonly dir: string;
  readonly segments: Segments;
  /** Survive a power loss. */
  readonly sync: boolean;
  readonly rebuild: boolean;
  readonly clock: Clock;
  readonly log: (event: LocalStoreEvent) => void;
}

export async function openIndex(opening: IndexOpening): Promise<OpenedIndex> {
  const { dir } = opening;
  const boot = bootId();
  const { reason, starts } = opening.rebuild ? { reason: 'it was asked for', starts: 0 } : prepare(dir, boot);
  if (reason !== undefined) fs.rmSync(dir, { recursive: true, force: true });
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  removeCheckpoint(dir);
  writeMarker(dir, { boot, starts: starts + 1 }, true);
  let db: IndexDb;
  try {
    db = new IndexDb(dir);
  } catch (error) {
    if (reason !== undefined) throw new StoreError('failed', `The index in ${dir} cannot be made`, { cause: error });
    return openIndex({ ...opening, rebuild: true });
  }
  try {
    return await bringUp(opening, db, boot, reason);
  } catch (error) {
    await db.close();
    if (!(error instanceof StoreError) && reason === undefined) return openIndex({ ...opening, rebuild: true });
    // The index did not kill us: the next start may trust it.
    writeMarker(dir, { boot, starts: 0 }, false);
    throw error;
  }
}

async function bringUp(
  { dir, segments, sync, clock, log }: IndexOpening,
  db: IndexDb,
  boot: string,
  reason: string | undefined,
): Promise<OpenedIndex> {
  const startedMs = clock.monotonicMs();
  const index = new IndexState(db);
  const lost = index.totals.segment === 0 && segments.newest() !== undefined;
  const { nextSequence, records } = await recover(segments, index, log);
  const ms = Math.round(clock.monotonicMs() - startedMs);
  if (reason !== undefined || (lost && records > 0)) {
    log({ kind: 'index-rebuilt', reason: reason ?? 'there was none', records, ms });
  } else if (records > 0) log({ kind: 'log-replayed', records, ms });
  const checkpoints = sync ? new Checkpointer(db, dir) : undefined;
  await checkpoints?.take();
  writeMarker(dir, { boot, starts: 0 }, false);
  return {
    index,
    nextSequence,
    checkpoints,
    async close() {
      await checkpoints?.close();
      await db.close();
      if (!sync) return;
      syncIndex(dir);
      removeMarker(dir);
    },
  };
}

/** Makes what is there trustworthy, or says why it cannot be. */
function prepare(dir: string, boot: string): { readonly reason?: string; readonly starts: number } {
  if (!fs.existsSync(dataPath(dir))) return { starts: 0 };
  const marker = readMarker(dir);
  // What a killed process had written is in the page cache of the same boot.
  if (marker !== undefined && (boot === '' || marker.boot !== boot) && !restoreCheckpoint(dir)) {
    return { reason: 'the system stopped without a checkpoint of the index', starts: 0 };
  }
  if (!looksLikeIndex(dir)) return { reason: 'the index is damaged', starts: 0 };
  const starts = marker?.starts ?? 0;
  if (starts >= STARTS) return { reason: 'the process ended twice while it opened the index', starts: 0 };
  return { starts };
}
