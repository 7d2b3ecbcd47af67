/** Rows that list the pieces of a multipart or appendable object. */
import type { BlobRef } from '../../store/blob-store.ts';
import { pack, unpack } from './pack.ts';

/** A piece of an object's bytes. `ref: null` means: the blob of the row that holds the list. */
export interface Extent {
  readonly size: number;
  readonly ref: BlobRef | null;
  /** Of the piece's cipher; undefined when the object is not encrypted. */
  readonly nonce?: Buffer | undefined;
}

/** Format 2 has a nonce for each piece. */

export function packExtents(extents: readonly Extent[]): Buffer {
  if (extents.every((e) => e.nonce === undefined)) return pack([1, extents.flatMap((e) => [e.size, e.ref])]);
  return pack([2, extents.flatMap((e) => [e.size, e.ref, e.nonce ?? null])]);
}

export function unpackExtents(value: Buffer): Extent[] {
  const [format, fields] = unpack(value);
  const flat = fields as unknown[];
  const out: Extent[] = [];
  const step = format === 2 ? 3 : 2;
  for (let i = 0; i < flat.length; i += step) {
    const nonce = step === 3 ? ((flat[i + 2] as Buffer | null) ?? undefined) : undefined;
    const extent = { size: flat[i] as number, ref: flat[i + 1] as BlobRef | null };
    out.push(nonce === undefined ? extent : { ...extent, nonce });
  }
  return out;
}
