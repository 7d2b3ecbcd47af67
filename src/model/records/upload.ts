/** Rows of multipart uploads: the upload, its parts, and what is remembered of a finished one. */
import { CHECKSUM_ALGORITHMS } from '../../platform/hash/checksum.ts';
import { type ObjectAttributes, packAttributes, unpackAttributes } from './attributes.ts';
import {
  type Checksum,
  packChecksum,
  packUploadChecksum,
  type StoredChecksum,
  type UploadChecksum,
  unpackChecksum,
  unpackUploadChecksum,
} from './checksum.ts';
import { pack, unpack } from './pack.ts';

export interface UploadRecord {
  readonly key: string;
  /** ms since the epoch */
  readonly initiatedMs: number;
  readonly initiatorUin: string;
  readonly attributes: ObjectAttributes;
  /** Set while a Complete judges the parts: the process that does so, and since when (ms). */
  readonly completing?: { readonly by: string; readonly sinceMs: number };
  /** What its parts and its object get; undefined when none was asked for. */
  readonly checksum?: UploadChecksum;
}

export function packUpload(r: UploadRecord): Buffer {
  const fields = [
    1,
    r.key,
    r.initiatedMs,
    r.initiatorUin,
    packAttributes(r.attributes),
    r.completing === undefined ? null : [r.completing.by, r.completing.sinceMs],
  ];
  if (r.checksum !== undefined) fields.push(packUploadChecksum(r.checksum));
  return pack(fields);
}

export function unpackUpload(value: Buffer): UploadRecord {
  const f = unpack(value);
  const lock = f[5] as [string, number] | null;
  return {
    key: f[1] as string,
    initiatedMs: f[2] as number,
    initiatorUin: f[3] as string,
    attributes: unpackAttributes(f[4] as unknown[]),
    ...(lock === null ? {} : { completing: { by: lock[0], sinceMs: lock[1] } }),
    ...(f[6] == null ? {} : { checksum: unpackUploadChecksum(f[6] as unknown[]) }),
  };
}

/** One uploaded part; its bytes are the row's blob (none when the part is empty). */
export interface PartRecord {
  /** bytes */
  readonly size: number;
  /** MD5, hex. */
  readonly etag: string;
  readonly crc64: Buffer;
  /** ms since the epoch */
  readonly modifiedMs: number;
  /** Of the part's cipher, where the upload is encrypted. */
  readonly nonce?: Buffer | undefined;
  readonly checksum?: Checksum | undefined;
}

export function packPart(r: PartRecord): Buffer {
  const fields = [1, r.size, r.etag, r.crc64, r.modifiedMs];
  const { nonce, checksum } = r;
  if (checksum !== undefined) {
    return pack([...fields, nonce ?? null, CHECKSUM_ALGORITHMS.indexOf(checksum.algorithm), checksum.value]);
  }
  return pack(nonce === undefined ? fields : [...fields, nonce]);
}

export function unpackPart(value: Buffer): PartRecord {
  const f = unpack(value);
  const part = { size: f[1] as number, etag: f[2] as string, crc64: f[3] as Buffer, modifiedMs: f[4] as number };
  const sealed = f[5] == null ? part : { ...part, nonce: f[5] as Buffer };
  if (f[6] == null) return sealed;
  return { ...sealed, checksum: { algorithm: CHECKSUM_ALGORITHMS[f[6] as number]!, value: f[7] as Buffer } };
}

/** The answer a repeated Complete gets, kept for a while (spec/objects.md §11.7). */
export interface FinishedUpload {
  readonly key: string;
  /** SHA-1 of the part list that was completed. */
  readonly partsDigest: Buffer;
  readonly etag: string;
  readonly crc64: Buffer | undefined;
  /** As returned: an id, `null`, or undefined where the header is absent. */
  readonly versionId: string | undefined;
  readonly untilMs: number;
  readonly checksum?: StoredChecksum | undefined;
  /** Parts it had; told where there is a checksum. */
  readonly parts?: number | undefined;
}

export function packFinished(r: FinishedUpload): Buffer {
  const fields = [1, r.key, r.partsDigest, r.etag, r.crc64 ?? null, r.versionId ?? null, r.untilMs];
  if (r.checksum === undefined) return pack(fields);
  return pack([...fields, packChecksum(r.checksum), r.parts]);
}

export function unpackFinished(value: Buffer): FinishedUpload {
  const f = unpack(value);
  const checksum = f[7] == null ? {} : { checksum: unpackChecksum(f[7] as unknown[]), parts: f[8] as number };
  return {
    key: f[1] as string,
    partsDigest: f[2] as Buffer,
    etag: f[3] as string,
    crc64: (f[4] as Buffer | null) ?? undefined,
    versionId: (f[5] as string | null) ?? undefined,
    untilMs: f[6] as number,
    ...checksum,
  };
}
