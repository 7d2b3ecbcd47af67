/**
 * Identifiers in the forms COS gives them. Source: spec/protocol.md §8, spec/objects.md §2.9.
 */
import { randomBytes as systemRandomBytes } from 'node:crypto';
import type { Clock } from './clock.ts';

export interface Ids {
  /** Base64 with padding of `<hex seconds>_<8 hex of this node>_<hex of this process>_<hex counter>`. */
  requestId(): string;
  /** Base64 of 128 hex digits that begin as all of COS's do; made from the request id, so that both name one request. */
  traceId(requestId: string): string;
  /** Microseconds since the epoch, greater than every stamp this object gave before; a safe integer. */
  versionStamp(): number;
  /** Base64 without padding of 2^64 − stamp in 20 decimal digits: newer versions have lower numbers. @param stamp µs */
  versionIdOf(stamp: number): string;
  /** The stamp of a version id, µs; undefined for a text that `versionIdOf` never gives. */
  parseVersionId(text: string): number | undefined;
  /**
   * Ten digits of Unix time and 64 lower-case hex digits that begin with the microseconds: as text, ids sort by age.
   * @param stamp µs
   */
  uploadId(stamp: number): string;
  /** Tells processes apart that work on one store. */
  processId(): string;
}

const TRACE_PREFIX = '8efc6b2d3b069ca89454d10b9ef00187';
const TRACE_HEX = 128 - TRACE_PREFIX.length;
const TWO_64 = 1n << 64n;
/** Characters of a version id: 20 bytes in base64 without padding. */
const VERSION_ID_LENGTH = 27;

function versionIdOf(stamp: number): string {
  return Buffer.from((TWO_64 - BigInt(stamp)).toString(), 'latin1').toString('base64url');
}

function parseVersionId(text: string): number | undefined {
  if (text.length !== VERSION_ID_LENGTH) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  if (!/^\d{20}$/.test(decoded)) return undefined;
  const stamp = Number(TWO_64 - BigInt(decoded));
  // Base64 can spell the same digits in several ways; one version has one id.
  return Number.isSafeInteger(stamp) && stamp > 0 && versionIdOf(stamp) === text ? stamp : undefined;
}

/** @param randomBytes the source of chance; tests give their own to repeat what they saw */
export function createIds(clock: Clock, randomBytes: (size: number) => Buffer = systemRandomBytes): Ids {
  const node = randomBytes(4).toString('hex');
  const process = randomBytes(2).toString('hex');
  const own = randomBytes(12).toString('hex');
  let requests = randomBytes(4).readUInt32BE(0);
  let lastStamp = 0;
  let second = -1;
  let prefix = '';
  return {
    requestId() {
      const now = Math.floor(clock.nowMs() / 1000);
      if (now !== second) {
        second = now;
        prefix = `${now.toString(16)}_${node}_${process}_`;
      }
      requests = (requests + 1) >>> 0;
      return Buffer.from(prefix + requests.toString(16), 'latin1').toString('base64');
    },
    traceId(requestId) {
      const hex = Buffer.from(requestId, 'latin1').toString('hex').slice(0, TRACE_HEX).padEnd(TRACE_HEX, '0');
      return Buffer.from(TRACE_PREFIX + hex, 'latin1').toString('base64');
    },
    versionStamp() {
      lastStamp = Math.max(Math.floor(clock.nowMs() * 1000), lastStamp + 1);
      return lastStamp;
    },
    versionIdOf,
    parseVersionId,
    uploadId(stamp) {
      const seconds = Math.floor(stamp / 1e6);
      const micros = (stamp % 1e6).toString(16).padStart(8, '0');
      return seconds.toString().padStart(10, '0') + micros + randomBytes(28).toString('hex');
    },
    processId: () => own,
  };
}
