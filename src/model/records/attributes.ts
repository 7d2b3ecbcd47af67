/** What a writer gives an object besides its bytes, as it is stored. */
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
