/**
 * Blob references. A body in the log is named by where it was first written, its length and its checksum; compaction
 * may move it, the reference stays. A large body is named by a random id.
 */
import type { BlobRef } from '../blob-store.ts';

export const IN_LOG = 1;
export const IN_FILE = 2;
export const LOG_REF_BYTES = 17;
export const FILE_REF_BYTES = 19;
export const FILE_ID_BYTES = 12;

export interface LogRef {
  readonly kind: typeof IN_LOG;
  readonly segment: number;
  /** bytes from the start of the segment */
  readonly offset: number;
  /** bytes */
  readonly size: number;
  readonly crc: number;
}

export interface FileRef {
  readonly kind: typeof IN_FILE;
  /** hexadecimal */
  readonly id: string;
  /** bytes */
  readonly size: number;
}

export function encodeLogRef(segment: number, offset: number, size: number, crc: number): BlobRef {
  const ref = Buffer.allocUnsafe(LOG_REF_BYTES);
  ref[0] = IN_LOG;
  ref.writeUInt32BE(segment, 1);
  ref.writeUInt32BE(offset, 5);
  ref.writeUInt32BE(size, 9);
  ref.writeUInt32BE(crc, 13);
  return ref;
}

/** @param id 12 bytes */
export function encodeFileRef(id: Buffer, size: number): BlobRef {
  const ref = Buffer.allocUnsafe(FILE_REF_BYTES);
  ref[0] = IN_FILE;
  id.copy(ref, 1, 0, FILE_ID_BYTES);
  ref.writeUIntBE(size, 1 + FILE_ID_BYTES, 6);
  return ref;
}

/** undefined for bytes that no reference of this engine looks like */
export function decodeRef(ref: Buffer): LogRef | FileRef | undefined {
  if (ref.length === LOG_REF_BYTES && ref[0] === IN_LOG) {
    return {
      kind: IN_LOG,
      segment: ref.readUInt32BE(1),
      offset: ref.readUInt32BE(5),
      size: ref.readUInt32BE(9),
      crc: ref.readUInt32BE(13),
    };
  }
  if (ref.length === FILE_REF_BYTES && ref[0] === IN_FILE) {
    return {
      kind: IN_FILE,
      id: ref.toString('hex', 1, 1 + FILE_ID_BYTES),
      size: ref.readUIntBE(1 + FILE_ID_BYTES, 6),
    };
  }
  return undefined;
}
