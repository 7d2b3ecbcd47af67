/** A task to fetch a URL into a bucket: its row. Source: spec/buckets.md §30. */
import { afterPrefix, type BucketId, stampBytes } from '../../model/keys.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export type TaskStatus = 'waiting' | 'done' | 'failed';

export interface FetchTask {
  /** Full name. */
  readonly bucket: string;
  readonly url: string;
  readonly key: string;
  /** 16 bytes; undefined: not checked. */
  readonly md5: Buffer | undefined;
  /** An object of that key stays. */
  readonly keep: boolean;
  readonly successUrl: string | undefined;
  readonly failureUrl: string | undefined;
  readonly status: TaskStatus;
  /** Of the outcome: '' while it is not known, else `Success`, or the code of an error. */
  readonly code: string;
  readonly message: string;
  /** ms since the epoch */
  readonly createdMs: number;
  /** Not before this, ms since the epoch; the callback's time once the fetch has ended. */
  readonly dueMs: number;
  /** Of the fetch, then of the callback. */
  readonly attempts: number;
  /** Somebody is still to be called. */
  readonly calling: boolean;
  /** ms since the epoch */
  readonly endedMs: number | undefined;
}

const FORMAT = 1;
/** Rows: `k` `t` bucketId id: the task; `k` `w` bucketId id: that it has work to do. */
const SPACE = 'k';

export const WORK = Buffer.from(`${SPACE}w`);
const TASKS = Buffer.from(`${SPACE}t`);

export function taskKey(bucketId: BucketId, id: Buffer): Buffer {
  return Buffer.concat([TASKS, bucketId, id]);
}

export function workKey(bucketId: BucketId, id: Buffer): Buffer {
  return Buffer.concat([WORK, bucketId, id]);
}

/** Of a row of work. */
export function partsOfWork(rowKey: Buffer): { bucketId: BucketId; id: Buffer } {
  return { bucketId: rowKey.subarray(2, 10), id: rowKey.subarray(10) };
}

/** All tasks of a bucket. */
export function tasksOf(bucketId: BucketId): { from: Buffer; to: Buffer } {
  const from = Buffer.concat([TASKS, bucketId]);
  return { from, to: afterPrefix(from) };
}

/** Tasks of a bucket made before a time; ids begin with it. @param stamp µs */
export function tasksBefore(bucketId: BucketId, stamp: number): { from: Buffer; to: Buffer } {
  return { from: tasksOf(bucketId).from, to: taskKey(bucketId, stampBytes(stamp)) };
}

/** @param stamp µs: of its making @param chance 8 bytes: ids cannot be guessed */
export function newTaskId(stamp: number, chance: Buffer): Buffer {
  return Buffer.concat([stampBytes(stamp), chance]);
}

const ID = /^[0-9a-f]{32}$/;

export function taskIdText(id: Buffer): string {
  return id.toString('hex');
}

/** @returns undefined for what no task is called */
export function parseTaskId(text: string): Buffer | undefined {
  return ID.test(text) ? Buffer.from(text, 'hex') : undefined;
}

export function packTask(t: FetchTask): Buffer {
  return pack([
    ...[FORMAT, t.bucket, t.url, t.key, t.md5 ?? null, t.keep, t.successUrl ?? null, t.failureUrl ?? null],
    ...[t.status, t.code, t.message, t.createdMs, t.dueMs, t.attempts, t.calling, t.endedMs ?? null],
  ]);
}

type Packed = [
  number,
  string,
  string,
  string,
  Buffer | null,
  boolean,
  string | null,
  string | null,
  TaskStatus,
  string,
  string,
  number,
  number,
  number,
  boolean,
  number | null,
];

export function unpackTask(value: Buffer): FetchTask {
  const [, bucket, url, key, md5, keep, successUrl, failureUrl, status, code, message, ...rest] = unpack(
    value,
  ) as Packed;
  const [createdMs, dueMs, attempts, calling, endedMs] = rest;
  return {
    ...{ bucket, url, key, keep, status, code, message, createdMs, dueMs, attempts, calling },
    md5: md5 ?? undefined,
    successUrl: successUrl ?? undefined,
    failureUrl: failureUrl ?? undefined,
    endedMs: endedMs ?? undefined,
  };
}
