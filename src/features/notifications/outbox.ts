/**
 * Events that wait to be delivered: one row each, in the order in which they happened, those of a rule beside each
 * other. Written in the commit that makes the change; deleted once the receiver has said 2xx.
 */
import { createHash } from 'node:crypto';
import { afterPrefix, type BucketId, stampBytes } from '../../model/keys.ts';
import { pack, unpack } from '../../model/records/pack.ts';
import type { NotedEvent } from './event.ts';
import type { EventName } from './rules.ts';

/** Prefix of all of them. */
export const OUTBOX = Buffer.from('e');
const LANE = 17;

export interface WaitingEvent {
  readonly event: NotedEvent;
  /** Deliveries that failed. */
  readonly attempts: number;
  /** Not before this, ms since the epoch. */
  readonly dueMs: number;
  /** Given up after this, ms since the epoch. */
  readonly untilMs: number;
  /** It tells of something that is still to come: what happens to its key meanwhile need not wait for it. */
  readonly ahead: boolean;
}

/** Rows of one rule. */
export function lanePrefix(bucketId: BucketId, ruleId: string): Buffer {
  return Buffer.concat([OUTBOX, bucketId, createHash('sha256').update(ruleId).digest().subarray(0, 8)]);
}

export function eventKey(bucketId: BucketId, ruleId: string, number: number): Buffer {
  return Buffer.concat([lanePrefix(bucketId, ruleId), stampBytes(number)]);
}

/** The lane that a row is in. */
export function laneOf(rowKey: Buffer): Buffer {
  return rowKey.subarray(0, LANE);
}

export function bucketIdOf(rowKey: Buffer): BucketId {
  return rowKey.subarray(1, 9);
}

/** First key behind a lane. */
export function afterLane(lane: Buffer): Buffer {
  return afterPrefix(lane);
}

/** The number that `eventKey` was given. */
export function numberOf(rowKey: Buffer): number {
  return Number(rowKey.readBigUInt64BE(LANE));
}

export function packWaiting({ event, attempts, dueMs, untilMs, ahead }: WaitingEvent): Buffer {
  const e = event;
  const fields = [e.name, e.bucket, e.key, e.ruleId, e.atMs, e.region, e.size, e.versionId, e.contentType, e.userMeta];
  return pack([1, fields, attempts, dueMs, untilMs, ahead]);
}

type Fields = [EventName, string, string, string, number, string, number, string, string, string[]];

export function unpackWaiting(value: Buffer): WaitingEvent {
  const [, fields, attempts, dueMs, untilMs, ahead] = unpack(value) as [
    number,
    Fields,
    number,
    number,
    number,
    boolean,
  ];
  const [name, bucket, key, ruleId, atMs, region, size, versionId, contentType, userMeta] = fields;
  const event = { name, bucket, key, ruleId, atMs, region, size, versionId, contentType, userMeta };
  return { event, attempts, dueMs, untilMs, ahead };
}
