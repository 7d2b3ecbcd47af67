/**
 * The tier of an object follows from its last read and the clock, so nothing has to run when it changes.
 * Source: spec/buckets.md §24.
 */
import { DAY_MS } from '../../model/object-lock.ts';
import type { Tiering } from '../../model/records/bucket-features.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { isTiered } from '../../model/storage-class.ts';

export type StorageTier = 'FREQUENT' | 'INFREQUENT';

/** Smaller objects stay FREQUENT. bytes */
export const TIERED_FROM_BYTES = 64 * 1024;

/** Whether the object's tier may ever change. */
export function isWatchedForReads({ storageClass, size }: Pick<ObjectRecord, 'storageClass' | 'size'>): boolean {
  return isTiered(storageClass) && size >= TIERED_FROM_BYTES;
}

/** When it was read or written last as far as its row tells: at most a day before the true time. ms since the epoch */
export function lastAccessMs({ modifiedMs, attributes }: ObjectRecord): number {
  return Math.max(modifiedMs, attributes.extra?.accessedMs ?? 0);
}

/** undefined for classes without tiers. */
export function storageTier(
  tiering: Tiering | undefined,
  record: ObjectRecord,
  nowMs: number,
): StorageTier | undefined {
  if (!isTiered(record.storageClass)) return undefined;
  if (tiering === undefined || !isWatchedForReads(record)) return 'FREQUENT';
  const idleFromMs = nowMs - tiering.days * DAY_MS;
  // Most objects are told by the fixed part of their row.
  if (record.modifiedMs > idleFromMs) return 'FREQUENT';
  return lastAccessMs(record) > idleFromMs ? 'FREQUENT' : 'INFREQUENT';
}
