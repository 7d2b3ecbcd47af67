/**
 * A row as log and index both hold it: version (6 bytes), segment of its record (4), `since` (4), length of the
 * reference (1), reference, value. The bytes in the record are the bytes in the index.
 *
 * `since`: no segment with a lower number holds an older record of this key that the row overrides. A deletion must
 * outlive every such record.
 */
import type { BlobRef } from '../blob-store.ts';
import type { Row } from '../meta-store.ts';

export const ENTRY_BYTES = 15;

/** Writes all of an entry; returns where it ends. */
export function writeEntry(
  target: Buffer,
  at: number,
  version: number,
  segment: number,
  since: number,
  ref: Buffer | undefined,
  value: Buffer,
): number {
  writeVersion(target, at, version);
  target.writeUInt32LE(segment, at + 6);
  target.writeUInt32LE(since, at + 10);
  const refLength = ref === undefined ? 0 : ref.length;
  target[at + 14] = refLength;
  if (ref !== undefined) target.set(ref, at + ENTRY_BYTES);
  target.set(value, at + ENTRY_BYTES + refLength);
  return at + ENTRY_BYTES + refLength + value.length;
}

export function writeVersion(target: Buffer, at: number, version: number): void {
  const high = Math.floor(version / 0x1_0000_0000);
  target.writeUInt32LE(version - high * 0x1_0000_0000, at);
  target.writeUInt16LE(high, at + 4);
}

export function readVersion(entry: Buffer, at: number): number {
  return entry.readUInt32LE(at) + entry.readUInt16LE(at + 4) * 0x1_0000_0000;
}

export const entrySince = (entry: Buffer): number => entry.readUInt32LE(10);

/** The row of an entry. @param entry memory of its own: the row keeps it */
export function rowOf(key: Buffer, entry: Buffer): Row {
  const valueAt = ENTRY_BYTES + entry[14]!;
  const version = readVersion(entry, 0);
  const value = entry.subarray(valueAt);
  if (valueAt === ENTRY_BYTES) return { key, value, version };
  const blob: BlobRef = entry.subarray(ENTRY_BYTES, valueAt);
  return { key, value, version, blob };
}
