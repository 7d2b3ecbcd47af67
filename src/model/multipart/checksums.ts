/**
 * Checksums of multipart uploads: what an upload may ask for, what a part must bring, and what the parts give together.
 * Source: spec/s3.md §5.2.
 */
import { CosError } from '../../errors/cos-error.ts';
import {
  type ChecksumAlgorithm,
  checksumOf,
  combineChecksums,
  isCrc,
  loadChecksum,
} from '../../platform/hash/checksum.ts';
import type { ExpectedChecksum, ExpectedDigests } from '../ingest.ts';
import type { Checksum, ChecksumType, StoredChecksum, UploadChecksum } from '../records/checksum.ts';
import type { ObjectRecord } from '../records/object.ts';
import type { PartRecord } from '../records/upload.ts';

/** A checksum as an answer shows it. */
export interface ShownChecksum extends Checksum, UploadChecksum {
  /** The number behind the dash of a COMPOSITE value; undefined where the value stands alone. */
  readonly parts: number | undefined;
}

export interface UploadChecksumRequest {
  readonly algorithm: ChecksumAlgorithm;
  /** undefined: the algorithm's own */
  readonly type: ChecksumType | undefined;
}

/** @throws CosError InvalidRequest for a type that the algorithm has not */
export function admitUploadChecksum(requested: UploadChecksumRequest): UploadChecksum {
  const { algorithm } = requested;
  const type = requested.type ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible = type === 'FULL_OBJECT' ? isCrc(algorithm) : algorithm !== 'CRC64NVME';
  if (!possible) {
    throw new CosError('InvalidRequest', {
      message: `The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    });
  }
  return { algorithm, type };
}

/**
 * The digests of a part's body: those it announces, and the checksum its upload wants.
 * @throws CosError InvalidRequest for a checksum by another algorithm than the upload's
 */
export function digestsOfPart(upload: UploadChecksum | undefined, announced: ExpectedDigests): ExpectedDigests {
  if (upload === undefined) return announced;
  requireAlgorithm(upload, announced.checksum);
  if (announced.checksum !== undefined) return announced;
  const checksum: ExpectedChecksum = { algorithm: upload.algorithm, expected: undefined };
  return { ...announced, checksum };
}

function requireAlgorithm(upload: UploadChecksum, given: { readonly algorithm: ChecksumAlgorithm } | undefined): void {
  if (given === undefined || given.algorithm === upload.algorithm) return;
  throw new CosError('InvalidRequest', {
    message: `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm}, actual checksum Type: ${given.algorithm}`,
  });
}

/**
 * Judges the checksum that a Complete lists for a part.
 * @throws CosError InvalidRequest (another algorithm than the upload's), InvalidPart (another value)
 */
export function judgeListedChecksum(
  upload: UploadChecksum | undefined,
  part: PartRecord,
  listed: Checksum | undefined,
): void {
  if (listed === undefined) return;
  if (upload !== undefined) requireAlgorithm(upload, listed);
  const { checksum } = part;
  if (checksum?.algorithm !== listed.algorithm || !checksum.value.equals(listed.value)) {
    throw new CosError('InvalidPart');
  }
}

/** What a Complete says of the whole object. */
export interface ExpectedWhole {
  /** Value of the whole, or of the values of the parts; with the number behind its dash, if it has one. */
  readonly checksum?: (Checksum & { readonly parts?: number | undefined }) | undefined;
  readonly checksumType?: ChecksumType | undefined;
  /** bytes */
  readonly size?: number | undefined;
}

/** Before the parts are looked at. @throws CosError InvalidRequest */
export function judgeWholeKind(upload: UploadChecksum | undefined, { checksum, checksumType }: ExpectedWhole): void {
  if (checksumType !== undefined && checksumType !== upload?.type) {
    throw new CosError('InvalidRequest', {
      message: `The upload was created using the ${upload?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
    });
  }
  if (checksum === undefined) return;
  if (upload === undefined) {
    throw new CosError('InvalidRequest', { message: 'The upload was created without a checksum algorithm.' });
  }
  requireAlgorithm(upload, checksum);
}

/** @throws CosError BadDigest */
export function judgeWhole(whole: StoredChecksum | undefined, parts: number, { checksum }: ExpectedWhole): void {
  if (checksum === undefined) return;
  const counts = checksum.parts === undefined || (whole?.type === 'COMPOSITE' && checksum.parts === parts);
  if (counts && whole?.algorithm === checksum.algorithm && whole.value.equals(checksum.value)) return;
  throw new CosError('BadDigest', {
    message: `The ${checksum.algorithm} you specified did not match the calculated checksum.`,
  });
}

/** The checksum of an object out of those of its parts; undefined when one of them has none. */
export async function joinChecksums(
  { algorithm, type }: UploadChecksum,
  parts: readonly Pick<PartRecord, 'size' | 'checksum'>[],
): Promise<StoredChecksum | undefined> {
  const values: Buffer[] = [];
  for (const { checksum } of parts) {
    if (checksum?.algorithm !== algorithm) return undefined;
    values.push(checksum.value);
  }
  if (type === 'COMPOSITE') {
    await loadChecksum(algorithm);
    const stored = { algorithm, type, value: checksumOf(algorithm, Buffer.concat(values)) };
    return values.length === 1 ? { ...stored, part: values[0]! } : stored;
  }
  const value = values.reduce((whole, part, at) => combineChecksums(algorithm, whole, part, parts[at]!.size));
  return { algorithm, type, value };
}

/** The checksum of a whole object as an answer shows it. */
export function shownChecksum(record: ObjectRecord): ShownChecksum | undefined {
  const stored = record.attributes.extra?.checksum;
  return stored === undefined ? undefined : shown(stored, record.parts);
}

export function shown({ algorithm, type, value }: StoredChecksum, parts: number): ShownChecksum {
  return { algorithm, type, value, parts: type === 'COMPOSITE' ? parts : undefined };
}
