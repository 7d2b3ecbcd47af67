/**
 * Records of the log. A record is one commit (or one deletion of blobs, or one step of compaction): a header, its
 * operations, then the bodies that its BODY operations name, in their order.
 *
 * Header, 28 bytes, little endian: magic (4), checksum of what follows up to the bodies (4), bytes of header and
 * operations (4), bytes of bodies (4), sequence number (6), number of operations (2), offset where the group began that
 * the record was written with (4). Bodies have checksums of their own, in their references.
 *
 * Operations. Those that compaction copies mean the same in their second place, so that a log is read one way only:
 * - ROW: key, entry. Unless the row is newer already.
 * - GONE: the row is deleted, if its version is lower. `since` … `until`: segments that may hold what it overrides.
 * - BODY: a body under its reference, here or moved here.
 * - FILE: a large body belongs to a commit.
 * - FREE: a blob is deleted; `since` and `until` as above for a large body.
 */
import { crc32 } from '../../platform/hash/crc32.ts';
import { readVersion, writeVersion } from './entry.ts';
import type { RowState } from './index-db.ts';

export const ROW = 1;
export const GONE = 2;
export const BODY = 3;
export const FILE = 4;
export const FREE = 5;

export const RECORD_BYTES = 28;
export const ROW_BYTES = 7;
export const GONE_BYTES = 17;
export const BODY_BYTES = 2;
export const FILE_BYTES = 6;
export const FREE_BYTES = 10;

const MAGIC = 0x3152_5343;
/** Bytes a body takes in its record: an empty one takes a zero, so that every body has a place of its own. */
export const bodySpan = (size: number): number => size || 1;

/** Limits that no record of ours exceeds: what claims more is damaged. */
const HEAD_LIMIT = 64 * 1024 ** 2;

/** One operation, as it is applied to the index. */
export interface Change {
  readonly op: number;
  /** of the row; or the reference */
  readonly key: Buffer;
  /** ROW only */
  readonly entry: Buffer | undefined;
  readonly version: number;
  /** where the record is */
  readonly segment: number;
  /** of a BODY: where the body is */
  readonly offset: number;
  readonly since: number;
  readonly until: number;
  /** ROW, GONE: the row before, where admission has looked it up already */
  readonly before: RowState | undefined;
}

export interface RecordHead {
  readonly headBytes: number;
  readonly bodyBytes: number;
  readonly sequence: number;
  readonly operations: number;
  readonly groupOffset: number;
}

export function writeHead(record: Buffer, head: RecordHead): void {
  record.writeUInt32LE(MAGIC, 0);
  record.writeUInt32LE(head.headBytes, 8);
  record.writeUInt32LE(head.bodyBytes, 12);
  writeVersion(record, 16, head.sequence);
  record.writeUInt16LE(head.operations, 22);
  record.writeUInt32LE(head.groupOffset, 24);
  record.writeUInt32LE(crc32(record.subarray(8, head.headBytes)), 4);
}

/** The sizes a header claims, not yet checked; undefined when it is none. @param bytes at least RECORD_BYTES of it */
export function peekHead(bytes: Buffer, at: number): RecordHead | undefined {
  if (bytes.readUInt32LE(at) !== MAGIC) return undefined;
  const headBytes = bytes.readUInt32LE(at + 8);
  if (headBytes < RECORD_BYTES || headBytes > HEAD_LIMIT) return undefined;
  return {
    headBytes,
    bodyBytes: bytes.readUInt32LE(at + 12),
    sequence: readVersion(bytes, at + 16),
    operations: bytes.readUInt16LE(at + 22),
    groupOffset: bytes.readUInt32LE(at + 24),
  };
}

/** @param record header and operations */
export function checksumHolds(record: Buffer): boolean {
  return record.readUInt32LE(4) === crc32(record.subarray(8));
}

/** The operations of a record whose checksum holds. @param offset of the record in its segment */
export function decodeChanges(record: Buffer, head: RecordHead, segment: number, offset: number): Change[] {
  const changes: Change[] = [];
  let at = RECORD_BYTES;
  let bodyAt = offset + head.headBytes;
  for (let i = 0; i < head.operations; i++) {
    const op = record[at]!;
    if (op === ROW) {
      const keyEnd = at + ROW_BYTES + record.readUInt16LE(at + 1);
      const end = keyEnd + record.readUInt32LE(at + 3);
      const entry = record.subarray(keyEnd, end);
      const key = record.subarray(at + ROW_BYTES, keyEnd);
      const version = readVersion(entry, 0);
      changes.push({
        op,
        key,
        entry,
        version,
        segment,
        offset: 0,
        since: entry.readUInt32LE(10),
        until: 0,
        before: undefined,
      });
      at = end;
    } else if (op === GONE) {
      const end = at + GONE_BYTES + record.readUInt16LE(at + 1);
      changes.push({
        op,
        key: record.subarray(at + GONE_BYTES, end),
        entry: undefined,
        version: readVersion(record, at + 3),
        segment,
        offset: 0,
        since: record.readUInt32LE(at + 9),
        until: record.readUInt32LE(at + 13),
        before: undefined,
      });
      at = end;
    } else {
      const key = record.subarray(at + 2, at + 2 + record[at + 1]!);
      at += 2 + key.length;
      const since = op === BODY ? 0 : record.readUInt32LE(at);
      const until = op === FREE ? record.readUInt32LE(at + 4) : 0;
      changes.push({
        op,
        key,
        entry: undefined,
        version: head.sequence,
        segment,
        offset: op === BODY ? bodyAt : 0,
        since,
        until,
        before: undefined,
      });
      if (op === BODY) bodyAt += bodySpan(key.readUInt32BE(9));
      else at += op === FREE ? 8 : 4;
    }
  }
  return changes;
}
