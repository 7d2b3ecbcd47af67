/**
 * What the frames hold, one item behind the other; each begins with its kind (1 byte).
 *
 * - FILE: length of the name (2), bytes (4), name, content: a file beside the store.
 * - BLOB: number (6), bytes (6), 1 where several rows may name it (1), content. Without that it belongs to the next row.
 * - ROW: length of the key (2), of the value (4), number of its blob or 0 (6), key, value. References in the value are
 *   the numbers of blobs, 6 bytes; none at all for a blob that was gone.
 *
 * Rows come in key order, blobs before the first row that names them, each once.
 */
import type { BlobRef } from '../../store/blob-store.ts';

export const FILE = 1;
export const BLOB = 2;
export const ROW = 3;
/** Of an item, without its kind. */
export const HEAD_BYTES = { [FILE]: 6, [BLOB]: 13, [ROW]: 12 } as const;
const NUMBER_BYTES = 6;

export interface SnapshotFile {
  /** Below the data folder, with `/`. */
  readonly name: string;
  readonly content: Buffer;
}

export function encodeFile({ name, content }: SnapshotFile): Buffer {
  const head = Buffer.alloc(1 + HEAD_BYTES[FILE]);
  const nameBytes = Buffer.from(name);
  head[0] = FILE;
  head.writeUInt16BE(nameBytes.length, 1);
  head.writeUInt32BE(content.length, 3);
  return Buffer.concat([head, nameBytes, content]);
}

export function encodeBlobHead(number: number, size: number, isShared: boolean): Buffer {
  const head = Buffer.alloc(1 + HEAD_BYTES[BLOB]);
  head[0] = BLOB;
  head.writeUIntBE(number, 1, NUMBER_BYTES);
  head.writeUIntBE(size, 1 + NUMBER_BYTES, NUMBER_BYTES);
  head[1 + 2 * NUMBER_BYTES] = isShared ? 1 : 0;
  return head;
}

/** @param blob number of its blob; 0: none */
export function encodeRow(key: Buffer, value: Buffer, blob: number): Buffer {
  const start = 1 + HEAD_BYTES[ROW];
  const item = Buffer.allocUnsafe(start + key.length + value.length);
  item[0] = ROW;
  item.writeUInt16BE(key.length, 1);
  item.writeUInt32BE(value.length, 3);
  item.writeUIntBE(blob, 7, NUMBER_BYTES);
  key.copy(item, start);
  value.copy(item, start + key.length);
  return item;
}

export const decodeFileHead = (head: Buffer) => ({ nameBytes: head.readUInt16BE(0), bytes: head.readUInt32BE(2) });

export const decodeBlobHead = (head: Buffer) => ({
  number: head.readUIntBE(0, NUMBER_BYTES),
  size: head.readUIntBE(NUMBER_BYTES, NUMBER_BYTES),
  isShared: head[2 * NUMBER_BYTES] === 1,
});

export const decodeRowHead = (head: Buffer) => ({
  keyBytes: head.readUInt16BE(0),
  valueBytes: head.readUInt32BE(2),
  blob: head.readUIntBE(6, NUMBER_BYTES),
});

/** A blob's number in the place of its reference. */
export function numberRef(number: number): BlobRef {
  const ref = Buffer.alloc(NUMBER_BYTES);
  ref.writeUIntBE(number, 0, NUMBER_BYTES);
  return ref;
}

/** In the place of a reference to what is gone: no engine has a blob of that name. */
export const GONE: BlobRef = Buffer.alloc(0);

/** @returns 0 for one that is gone; undefined for what is no number */
export function numberOf(ref: BlobRef): number | undefined {
  if (ref.length === 0) return 0;
  return ref.length === NUMBER_BYTES ? ref.readUIntBE(0, NUMBER_BYTES) : undefined;
}
