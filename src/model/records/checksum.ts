/** How checksums are kept in rows. Source: spec/s3.md §5.2. */
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from '../../platform/hash/checksum.ts';

/** Of all bytes, or of the values of the parts one after another. */
export const CHECKSUM_TYPES = ['FULL_OBJECT', 'COMPOSITE'] as const;
export type ChecksumType = (typeof CHECKSUM_TYPES)[number];

/** The checksum of one body. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: Buffer;
}

/** What a multipart upload is to get. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
}

/** The checksum of an object. */
export interface StoredChecksum extends Checksum, UploadChecksum {
  /** Value of the only part of a COMPOSITE one; those of several parts stand in the rows of their extents. */
  readonly part?: Buffer;
}

export function packChecksum({ algorithm, type, value, part }: StoredChecksum): unknown[] {
  const fields = [...packUploadChecksum({ algorithm, type }), value];
  return part === undefined ? fields : [...fields, part];
}

export function unpackChecksum(f: unknown[]): StoredChecksum {
  const checksum = { ...unpackUploadChecksum(f), value: f[2] as Buffer };
  return f[3] === undefined ? checksum : { ...checksum, part: f[3] as Buffer };
}

export function packUploadChecksum({ algorithm, type }: UploadChecksum): unknown[] {
  return [CHECKSUM_ALGORITHMS.indexOf(algorithm), CHECKSUM_TYPES.indexOf(type)];
}

export function unpackUploadChecksum(f: unknown[]): UploadChecksum {
  return { algorithm: CHECKSUM_ALGORITHMS[f[0] as number]!, type: CHECKSUM_TYPES[f[1] as number]! };
}
