/** Rows that list the pieces of a multipart or appendable object. */
import type { BlobRef } from '../../store/blob-store.ts';
import { pack, unpack } from './pack.ts';

/** A piece of an object's bytes. `ref: null` means: the blob of the row that holds the list. */
export interface Extent {
  readonly size: number;
  readonly ref: BlobRef | null;
}

export function packExtents(extents: readonly Extent[]): Buffer {
  return pack([1, extents.flatMap((e) => [e.size, e.ref])]);
}

export function unpackExtents(value: Buffer): Extent[] {
  const flat = unpack(value)[1] as unknown[];
  const out: Extent[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    out.push({ size: flat[i] as number, ref: flat[i + 1] as BlobRef | null });
  }
  return out;
}
