/** Rows of multipart uploads: the upload, its parts, and what is remembered of a finished one. */
import { type ObjectAttributes, packAttributes, unpackAttributes } from './attributes.ts';
import { pack, unpack } from './pack.ts';

export interface UploadRecord {
  readonly key: string;
  /** ms since the epoch */
  readonly initiatedMs: number;
  readonly initiatorUin: string;
  readonly attributes: ObjectAttributes;
  /** Set while a Complete judges the parts: the process that does so, and since when (ms). */
  readonly completing?: { readonly by: string; readonly sinceMs: number };
}

export function packUpload(r: UploadRecord): Buffer {
  return pack([
    1,
    r.key,
    r.initiatedMs,
    r.initiatorUin,
    packAttributes(r.attributes),
    r.completing === undefined ? null : [r.completing.by, r.completing.sinceMs],
  ]);
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
}

export function packPart(r: PartRecord): Buffer {
  const fields = [1, r.size, r.etag, r.crc64, r.modifiedMs];
  return pack(r.nonce === undefined ? fields : [...fields, r.nonce]);
}

export function unpackPart(value: Buffer): PartRecord {
  const f = unpack(value);
  const part = { size: f[1] as number, etag: f[2] as string, crc64: f[3] as Buffer, modifiedMs: f[4] as number };
  return f[5] == null ? part : { ...part, nonce: f[5] as Buffer };
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
}

export function packFinished(r: FinishedUpload): Buffer {
  return pack([1, r.key, r.partsDigest, r.etag, r.crc64 ?? null, r.versionId ?? null, r.untilMs]);
}

export function unpackFinished(value: Buffer): FinishedUpload {
  const f = unpack(value);
  return {
    key: f[1] as string,
    partsDigest: f[2] as Buffer,
    etag: f[3] as string,
    crc64: (f[4] as Buffer | null) ?? undefined,
    versionId: (f[5] as string | null) ?? undefined,
    untilMs: f[6] as number,
  };
}
