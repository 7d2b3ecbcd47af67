/**
 * Rows of batch jobs.
 *
 * | rows | key | value |
 * | --- | --- | --- |
 * | job | `j` `r` appid `/` job id | record.ts |
 * | unfinished job | `j` `a` appid `/` job id | nothing |
 * | token | `j` `t` appid `/` SHA-256 of the token | job id, so that no token makes two jobs |
 * | report | `j` `l` appid `/` job id `/` number | lines of the report, until it is written |
 */
import { createHash } from 'node:crypto';
import { afterPrefix } from '../../model/keys.ts';

const rows = (kind: string, appid: string): Buffer => Buffer.from(`j${kind}${appid}/`, 'latin1');

export const UNFINISHED = Buffer.from('ja');

export function jobPrefix(appid: string): Buffer {
  return rows('r', appid);
}

export function jobKey(appid: string, id: string): Buffer {
  return Buffer.concat([jobPrefix(appid), Buffer.from(id, 'latin1')]);
}

export function unfinishedPrefix(appid: string): Buffer {
  return rows('a', appid);
}

export function unfinishedKey(appid: string, id: string): Buffer {
  return Buffer.concat([unfinishedPrefix(appid), Buffer.from(id, 'latin1')]);
}

/** Of the job that a row of an unfinished one stands for. */
export function jobKeyOf(unfinished: Buffer): Buffer {
  return Buffer.concat([Buffer.from('jr'), unfinished.subarray(2)]);
}

export function tokenKey(appid: string, token: string): Buffer {
  return Buffer.concat([rows('t', appid), createHash('sha256').update(token).digest()]);
}

export function reportRange(appid: string, id: string): { from: Buffer; to: Buffer } {
  const from = Buffer.concat([rows('l', appid), Buffer.from(`${id}/`, 'latin1')]);
  return { from, to: afterPrefix(from) };
}

export function reportKey(appid: string, id: string, number: number): Buffer {
  const count = Buffer.allocUnsafe(4);
  count.writeUInt32BE(number);
  return Buffer.concat([reportRange(appid, id).from, count]);
}
