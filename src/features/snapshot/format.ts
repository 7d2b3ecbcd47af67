/**
 * The file of a snapshot, integers big endian:
 *
 * - 16 bytes `CosetteSnapshot\n`, format (2), length of the header (4), header as JSON, CRC-32 of all that (4);
 * - frames: kind (1), bytes stored (4), bytes unpacked (4), CRC-32 of these nine and of what is stored (4), what is
 *   stored. Kind 1 is stored as it is, 2 is raw deflate, 3 ends the file: JSON with counts, and with the SHA-256 of
 *   every byte before that frame.
 *
 * Unpacked and put together the frames are items (items.ts). Whoever reads need not unpack to know that all is there.
 */
import { crc32 } from '../../platform/hash/crc32.ts';

export const MAGIC = Buffer.from('CosetteSnapshot\n', 'latin1');
export const FORMAT = 1;
/** Of magic, format and length of the header. */
export const START_BYTES = MAGIC.length + 6;
export const CRC_BYTES = 4;
export const FRAME_HEAD_BYTES = 13;
export const STORED = 1;
export const DEFLATED = 2;
export const END = 3;

/** Most bytes that a frame holds, packed or unpacked. */
export const FRAME_BYTES = 256 * 1024;
const HEADER_LIMIT = 64 * 1024;

/** What the server counted when the snapshot began: for progress alone. */
export interface Estimate {
  readonly blobs: number;
  readonly bytes: number;
}

export interface SnapshotHeader {
  /** By the server's clock. */
  readonly takenMs: number;
  /** Of the first account. */
  readonly appid: string;
  readonly uin: string;
  /** How far a test clock was ahead of the system's, ms. */
  readonly clockOffsetMs: number;
  /** false: secrets and key pairs were left out. */
  readonly keys: boolean;
  readonly estimate: Estimate;
}

export interface SnapshotCounts {
  readonly rows: number;
  /** Versions of objects, delete markers included. */
  readonly objects: number;
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
}

/** Is told again and again what has been read so far, the same object each time. */
export type OnProgress = (done: SnapshotCounts, header: SnapshotHeader) => void;

export interface FrameHead {
  readonly kind: number;
  readonly storedBytes: number;
  readonly rawBytes: number;
  readonly crc: number;
}

export function encodeStart(header: SnapshotHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(START_BYTES + json.length + CRC_BYTES);
  MAGIC.copy(start);
  start.writeUInt16BE(FORMAT, MAGIC.length);
  start.writeUInt32BE(json.length, MAGIC.length + 2);
  json.copy(start, START_BYTES);
  const crcAt = START_BYTES + json.length;
  start.writeUInt32BE(crc32(start.subarray(0, crcAt)), crcAt);
  return start;
}

/** @param start at least START_BYTES @returns length of the header; undefined when it is none of ours or too long */
export function headerBytes(start: Buffer): number | undefined {
  const length = start.readUInt32BE(MAGIC.length + 2);
  return length <= HEADER_LIMIT ? length : undefined;
}

/** @param stored at most FRAME_BYTES */
export function encodeFrame(kind: number, stored: Buffer, rawBytes: number): Buffer[] {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head[0] = kind;
  head.writeUInt32BE(stored.length, 1);
  head.writeUInt32BE(rawBytes, 5);
  head.writeUInt32BE(crc32(stored, crc32(head.subarray(0, 9))), 9);
  return [head, stored];
}

/** @returns undefined for what cannot be the head of a frame */
export function decodeFrameHead(head: Buffer): FrameHead | undefined {
  const kind = head[0]!;
  const storedBytes = head.readUInt32BE(1);
  const rawBytes = head.readUInt32BE(5);
  if (kind < STORED || kind > END || storedBytes > FRAME_BYTES || rawBytes > FRAME_BYTES) return undefined;
  if (kind === STORED && storedBytes !== rawBytes) return undefined;
  return { kind, storedBytes, rawBytes, crc: head.readUInt32BE(9) };
}

export function frameHolds(head: Buffer, stored: Buffer): boolean {
  return crc32(stored, crc32(head.subarray(0, 9))) === head.readUInt32BE(9);
}
