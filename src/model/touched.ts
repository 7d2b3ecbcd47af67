/**
 * Keys that lifecycle has to look at again although nothing new was written there: an older version became the newest
 * one, a delete marker may stand alone, tags changed. Everything else it knows from the times of what is written. One
 * row a key, part of the commit that makes the change; buckets without rules have none.
 */
import { hasConfig } from './bucket-configs.ts';
import { afterPrefix, type BucketId, configKey } from './keys.ts';
import type { Draft, KeyState } from './versions.ts';

const LIFECYCLE = { name: 'lifecycle' };
/** Beside the configuration's own row, so that they go with the bucket. */
const TOUCHED = 'lifecycle#t';

export function touchedKey(bucketId: BucketId, key: string): Buffer {
  return Buffer.concat([configKey(bucketId, TOUCHED), Buffer.from(key)]);
}

export function touchedRange(bucketId: BucketId): { from: Buffer; to: Buffer } {
  const from = configKey(bucketId, TOUCHED);
  return { from, to: afterPrefix(from) };
}

/** The object key inside a row's key. */
export function touchedObjectKey(rowKey: Buffer): string {
  return rowKey.toString('utf8', 9 + TOUCHED.length);
}

/** What a row says: when to look, ms since the epoch. */
export function packTouched(dueMs: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeDoubleBE(dueMs);
  return out;
}

export function unpackTouched(value: Buffer): number {
  return value.readDoubleBE(0);
}

/** Lifecycle shall look at the key at its next midnight. */
export function noteTouched(draft: Draft, { bucket, key }: KeyState): void {
  if (!hasConfig(bucket, LIFECYCLE)) return;
  draft.put({ key: touchedKey(bucket.record.id, key), value: packTouched(0) });
}
