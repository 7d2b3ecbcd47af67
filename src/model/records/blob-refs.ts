/**
 * Every place where a row can name a blob. References are the engine's: what copies rows from one store to another has
 * to put others in their place.
 *
 * Beside `row.blob` they stand in the lists of extents (`x`) and in deletion jobs (`d`) alone.
 */
import type { BlobRef } from '../../store/blob-store.ts';
import { packJob, unpackJob } from './deletion-job.ts';
import { packExtents, unpackExtents } from './extents.ts';

const DELETIONS = 0x64; // d
const EXTENTS = 0x78; // x

/**
 * Keyspaces whose rows may name a blob that another row names too: a finished upload's parts belong to the object from
 * then on, and stay until a job removes their rows. Of all other rows each has a blob of its own.
 */
export const SHARING_SPACES: readonly string[] = ['d', 'p', 'x'];

/** A deletion job may name what is gone; no other row does. */
export function mayOutlive(key: Buffer): boolean {
  return key[0] === DELETIONS;
}

/** The references inside of a row's value, in their order; `row.blob` is none of them. */
export function refsIn(key: Buffer, value: Buffer): BlobRef[] {
  const refs: BlobRef[] = [];
  mapRefs(key, value, (ref) => {
    refs.push(ref);
    return ref;
  });
  return refs;
}

/** @returns the value with other references; the value itself where it has none */
export function mapRefs(key: Buffer, value: Buffer, map: (ref: BlobRef) => BlobRef): Buffer {
  if (key[0] === EXTENTS) {
    const extents = unpackExtents(value);
    if (extents.every(({ ref }) => ref === null)) return value;
    return packExtents(extents.map((extent) => (extent.ref === null ? extent : { ...extent, ref: map(extent.ref) })));
  }
  if (key[0] === DELETIONS) {
    const job = unpackJob(value);
    return job.kind === 'blobs' ? packJob({ ...job, refs: job.refs.map(map) }) : value;
  }
  return value;
}
