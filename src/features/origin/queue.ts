/** Pulls that follow a redirection: a row for each, so that a restart loses none. Source: spec/buckets.md §18 "Proxy". */
import type { BucketEntry } from '../../model/buckets.ts';
import { ORIGIN_PULLS, originPullKey } from '../../model/keys.ts';
import { pack, unpack } from '../../model/records/pack.ts';
import type { Services } from '../../model/services.ts';
import type { PullPlan } from './pull.ts';

export interface QueuedPull {
  /** Full name. */
  readonly bucket: string;
  readonly plan: PullPlan;
  /** Failed ones. */
  readonly attempts: number;
  /** ms since the epoch */
  readonly notBeforeMs: number;
}

/** Plans hold headers of requests: one that is larger is not worth a row. bytes */
const MAX_ROW_BYTES = 16 * 1024;
/** Rows of all buckets; further pulls are left to the next request. */
export const MAX_QUEUED = 10_000;

type Packed = [
  version: number,
  bucket: string,
  attempts: number,
  notBeforeMs: number,
  bases: string[],
  path: string,
  headers: string[],
  redirectHeaders: string[] | null,
  decode: boolean,
  standbyCodes: number[],
];

export function packPull({ bucket, attempts, notBeforeMs, plan }: QueuedPull): Buffer {
  const { bases, path, headers, redirects, standbyCodes } = plan;
  const sentOn = redirects?.headers ?? null;
  return pack([
    1,
    bucket,
    attempts,
    notBeforeMs,
    bases,
    path,
    headers,
    sentOn,
    redirects?.decode === true,
    standbyCodes,
  ]);
}

export function unpackPull(value: Buffer): QueuedPull {
  const [, bucket, attempts, notBeforeMs, bases, path, headers, sentOn, decode, standbyCodes] = unpack(value) as Packed;
  const redirects = sentOn === null ? undefined : { headers: sentOn, decode };
  return { bucket, attempts, notBeforeMs, plan: { bases, path, headers, redirects, standbyCodes } };
}

/** Writes a pull down, unless the object's is written down already or there are too many. */
export async function queuePull(services: Services, bucket: BucketEntry, key: string, plan: PullPlan): Promise<void> {
  const { id, name } = bucket.record;
  const { meta } = services.store;
  const row = originPullKey(id, key);
  const [known] = await meta.get([row]);
  if (known !== undefined || services.origin.queued >= MAX_QUEUED) return;
  const value = packPull({ bucket: name, attempts: 0, notBeforeMs: 0, plan });
  if (value.length > MAX_ROW_BYTES) return;
  // Somebody else's is as good; a bucket that is being deleted gets none.
  const { ok } = await meta.commit({
    checks: [{ key: row, version: 0 }],
    guards: [{ key: bucket.row.key, version: bucket.row.version }],
    puts: [{ key: row, value }],
  });
  if (ok) services.origin.noteQueued();
}

/** Range of the rows of all pulls. */
export const QUEUE_FROM = ORIGIN_PULLS;
