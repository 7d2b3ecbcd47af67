/** Rows that list the pieces of a multipart or appendable object. */
import type { BlobRef } from '../../store/blob-store.ts';
import { pack, unpack } from './pack.ts';

/** A piece of an object's bytes. `ref: null` means: the blob of the row that holds the list. */
export interface Extent {
  readonly size: number;
  readonly ref: BlobRef | null;
  /** Of the piece's cipher; undefined when the object is not encrypted. */
  readonly nonce?: Buffer | undefined;
  /** Of the piece, by the algorithm of the object's checksum. */
  readonly checksum?: Buffer | undefined;
}

/** Fields of a piece in formats 1, 2 (with its nonce) and 3 (with its checksum too). */
const STEPS = [0, 2, 3, 4] as const;

export function packExtents(extents: readonly Extent[]): Buffer {
  if (extents.some((e) => e.checksum !== undefined)) {
    return pack([3, extents.flatMap((e) => [e.size, e.ref, e.nonce ?? null, e.checksum ?? null])]);
  }
  if (extents.every((e) => e.nonce === undefined)) return pack([1, extents.flatMap((e) => [e.size, e.ref])]);
  return pack([2, extents.flatMap((e) => [e.size, e.ref, e.nonce ?? null])]);
}

export function unpackExtents(value: Buffer): Extent[] {
  const [format, fields] = unpack(value);
  const flat = fields as unknown[];
  const out: Extent[] = [];
  const step = STEPS[format as 1 | 2 | 3];
  for (let i = 0; i < flat.length; i += step) {
    const nonce = step >= 3 ? ((flat[i + 2] as Buffer | null) ?? undefined) : undefined;
    const checksum = step === 4 ? ((flat[i + 3] as Buffer | null) ?? undefined) : undefined;
    const extent = { size: flat[i] as number, ref: flat[i + 1] as BlobRef | null };
    const sealed = nonce === undefined ? extent : { ...extent, nonce };
    out.push(checksum === undefined ? sealed : { ...sealed, checksum });
  }
  return out;
}
