/**
 * What is still to be replicated: a row for each version and destination, written with the version itself and deleted
 * with the note that it is done. In each queue (one source bucket, one destination) the rows stand in order of stamps,
 * so that the versions of a key, whose stamps grow, come in their order.
 *
 * Key: `r`, the source bucket's id, eight bytes that tell the destination, the stamp, the object key.
 */
import { createHash } from 'node:crypto';
import type { BucketId } from '../../model/keys.ts';
import { pack, unpack } from '../../model/records/pack.ts';

const SPACE = 0x72; // r
const QUEUE_BYTES = 17;
const HEAD_BYTES = QUEUE_BYTES + 8;

export const OUTBOX = Buffer.from('r');

export interface OutboxKey {
  /** The first bytes of all keys of the queue. */
  readonly queue: Buffer;
  readonly bucketId: BucketId;
  /** Of the version, µs. */
  readonly stamp: number;
  readonly key: string;
}

export interface OutboxEntry {
  /** Full name of the source bucket. */
  readonly source: string;
  readonly destination: { readonly bucket: string; readonly region: string };
  /** Upper case; undefined: that of the source. */
  readonly storageClass: string | undefined;
  readonly replicaKmsKeyId: string | undefined;
  /** When the version came, ms since the epoch. */
  readonly sinceMs: number;
  /** Tries that failed. */
  readonly attempts: number;
  /** Not before this, ms since the epoch. */
  readonly notBeforeMs: number;
}

export function outboxKey(bucketId: BucketId, destination: string, stamp: number, key: string): Buffer {
  const name = Buffer.from(key);
  const out = Buffer.allocUnsafe(HEAD_BYTES + name.length);
  out[0] = SPACE;
  bucketId.copy(out, 1);
  createHash('sha256').update(destination).digest().copy(out, 9, 0, 8);
  out.writeBigUInt64BE(BigInt(stamp), QUEUE_BYTES);
  name.copy(out, HEAD_BYTES);
  return out;
}

export function parseOutboxKey(row: Buffer): OutboxKey {
  return {
    queue: row.subarray(0, QUEUE_BYTES),
    bucketId: row.subarray(1, 9),
    stamp: Number(row.readBigUInt64BE(QUEUE_BYTES)),
    key: row.toString('utf8', HEAD_BYTES),
  };
}

export function packOutbox(e: OutboxEntry): Buffer {
  const { bucket, region } = e.destination;
  const optional = [e.storageClass ?? null, e.replicaKmsKeyId ?? null];
  return pack([1, e.source, bucket, region, ...optional, e.sinceMs, e.attempts, e.notBeforeMs]);
}

export function unpackOutbox(value: Buffer): OutboxEntry {
  const [, source, bucket, region, storageClass, key, sinceMs, attempts, notBeforeMs] = unpack(value) as [
    number,
    string,
    string,
    string,
    string | null,
    string | null,
    number,
    number,
    number,
  ];
  return {
    source,
    destination: { bucket, region },
    storageClass: storageClass ?? undefined,
    replicaKmsKeyId: key ?? undefined,
    sinceMs,
    attempts,
    notBeforeMs,
  };
}
