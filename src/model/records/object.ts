/** Rows of object versions and delete markers. */
import { pack, unpack } from './pack.ts';

/** Canned ACLs of an object (spec/objects.md §2.10); `default` takes the bucket's. */
export const OBJECT_ACLS = ['default', 'private', 'public-read', 'authenticated-read'] as const;
export type ObjectAcl = (typeof OBJECT_ACLS)[number];

/** The stored headers of spec/objects.md §2.10, returned as they came. */
export interface StoredHeaders {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly websiteRedirect?: string;
}

/** What a writer gives an object besides its bytes; frozen at Initiate for a multipart upload. */
export interface ObjectAttributes {
  readonly headers: StoredHeaders;
  /** User metadata, flat: suffix (lower case), value … */
  readonly userMeta: readonly string[];
  /** Upper case. */
  readonly storageClass: string;
  readonly acl: ObjectAcl;
}

export type ObjectKind = 'normal' | 'appendable' | 'delete-marker';
const KINDS: readonly ObjectKind[] = ['normal', 'appendable', 'delete-marker'];

/** One extent list, kept in rows of its own (model/extents.ts). */
export interface Manifest {
  /** Eight bytes, unique in the bucket. */
  readonly id: Buffer;
  /** Offset of the first byte of each chunk row, bytes. */
  readonly starts: readonly number[];
}

/** One version of an object, or a delete marker. The bytes are the row's blob, or the manifest's extents. */
export interface ObjectRecord {
  /** Microseconds since the epoch, strictly growing: the order of versions, and the version id. */
  readonly stamp: number;
  /** True for the version whose id reads `null`. */
  readonly isNull: boolean;
  readonly kind: ObjectKind;
  /** bytes */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** CRC-64 of the content, eight bytes big-endian; undefined when a part's was unknown. */
  readonly crc64: Buffer | undefined;
  /** ms since the epoch */
  readonly modifiedMs: number;
  readonly attributes: ObjectAttributes;
  /** Parts of a multipart object; 0 otherwise. */
  readonly parts: number;
  readonly manifest?: Manifest;
}

export function packAttributes(a: ObjectAttributes): unknown[] {
  const h = a.headers;
  const optional = [
    h.cacheControl ?? null,
    h.contentDisposition ?? null,
    h.contentEncoding ?? null,
    h.contentLanguage ?? null,
    h.expires ?? null,
    h.websiteRedirect ?? null,
  ];
  return [
    h.contentType,
    optional.some((v) => v !== null) ? optional : null,
    a.userMeta.length > 0 ? a.userMeta : null,
    a.storageClass === 'STANDARD' ? null : a.storageClass,
    OBJECT_ACLS.indexOf(a.acl),
  ];
}

export function unpackAttributes(f: unknown[]): ObjectAttributes {
  const o = f[1] as (string | null)[] | null;
  return {
    headers:
      o === null
        ? { contentType: f[0] as string }
        : {
            contentType: f[0] as string,
            ...(o[0] == null ? {} : { cacheControl: o[0] }),
            ...(o[1] == null ? {} : { contentDisposition: o[1] }),
            ...(o[2] == null ? {} : { contentEncoding: o[2] }),
            ...(o[3] == null ? {} : { contentLanguage: o[3] }),
            ...(o[4] == null ? {} : { expires: o[4] }),
            ...(o[5] == null ? {} : { websiteRedirect: o[5] }),
          },
    userMeta: (f[2] as string[] | null) ?? [],
    storageClass: (f[3] as string | null) ?? 'STANDARD',
    acl: OBJECT_ACLS[f[4] as number]!,
  };
}

export function packObject(r: ObjectRecord): Buffer {
  const fields: unknown[] = [
    1,
    r.stamp,
    r.isNull,
    KINDS.indexOf(r.kind),
    r.size,
    r.etag,
    r.crc64 ?? null,
    r.modifiedMs,
    packAttributes(r.attributes),
    r.parts,
  ];
  if (r.manifest !== undefined) fields.push(r.manifest.id, r.manifest.starts);
  return pack(fields);
}

export function unpackObject(value: Buffer): ObjectRecord {
  const f = unpack(value);
  const record = {
    stamp: f[1] as number,
    isNull: f[2] as boolean,
    kind: KINDS[f[3] as number]!,
    size: f[4] as number,
    etag: f[5] as string,
    crc64: (f[6] as Buffer | null) ?? undefined,
    modifiedMs: f[7] as number,
    attributes: unpackAttributes(f[8] as unknown[]),
    parts: f[9] as number,
  };
  return f.length > 10 ? { ...record, manifest: { id: f[10] as Buffer, starts: f[11] as number[] } } : record;
}
