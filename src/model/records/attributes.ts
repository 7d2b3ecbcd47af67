/** What a writer gives an object besides its bytes, as it is stored. */
import { type Encryption, packEncryption, unpackEncryption } from '../../features/encryption/record.ts';
import { packChecksum, type StoredChecksum, unpackChecksum } from './checksum.ts';

/**
 * Canned ACLs of an object (spec/objects.md §2.10); `default` takes the bucket's. `owner-only` grants as little as
 * `private`, but is no ACL that an account could have too many of: what protocols without inheritance give each object.
 */
export const OBJECT_ACLS = ['default', 'private', 'public-read', 'authenticated-read', 'owner-only'] as const;
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

export const PERMISSIONS = ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** One explicit entry of an ACL, beside what the canned one grants (spec/access.md §3). */
export interface Grant {
  /** `all`, `authenticated`, or a canonical id `qcs::cam::uin/<owner>:uin/<user>`. */
  readonly grantee: string;
  readonly permission: Permission;
}

/** Whether a right of its own lifts the retention (GOVERNANCE), or nothing does. */
export const LOCK_MODES = ['COMPLIANCE', 'GOVERNANCE'] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/** Write protection of one version (spec/objects.md §7). */
export interface ObjectLock {
  /** Of the retention; absent: COMPLIANCE */
  readonly mode?: LockMode;
  /** ms since the epoch; undefined without retention */
  readonly retainUntilMs: number | undefined;
  readonly legalHold: boolean;
}

/** The last restore of an archived version (spec/objects.md §4.4); what it means depends on the clock. */
export interface Restore {
  readonly tier: 'expedited' | 'standard' | 'bulk';
  /** ms since the epoch */
  readonly requestedMs: number;
  /** The copy can be read from here … */
  readonly readyMs: number;
  /** … to here. */
  readonly expiresMs: number;
}

/** What became of a version that rules of replication asked for, or that it is a replica (spec/buckets.md §22). */
export type Replication =
  | { readonly replica: true }
  | {
      /** Destinations that do not have it yet. */
      readonly waiting: number;
      /** One of the others will never have it. */
      readonly failed: boolean;
    };

/** What few objects have. */
export interface ObjectExtra {
  readonly grants?: readonly Grant[];
  /** Flat: key, value … in the order given */
  readonly tags?: readonly string[];
  readonly encryption?: Encryption;
  /** Of the single body; pieces of a manifest have their own. */
  readonly nonce?: Buffer;
  readonly lock?: ObjectLock;
  readonly restore?: Restore;
  /** Key the symlink points to, in the same bucket. */
  readonly symlink?: string;
  /** Last read that intelligent tiering counts, ms since the epoch; not told of each read (spec/buckets.md §24). */
  readonly accessedMs?: number;
  readonly replication?: Replication;
  /** What its writer asked for beside MD5 and CRC-64. */
  readonly checksum?: StoredChecksum;
}

/** What a writer gives an object besides its bytes; frozen at Initiate for a multipart upload. */
export interface ObjectAttributes {
  readonly headers: StoredHeaders;
  /** User metadata, flat: suffix (lower case), value … */
  readonly userMeta: readonly string[];
  /** Upper case. */
  readonly storageClass: string;
  readonly acl: ObjectAcl;
  readonly extra?: ObjectExtra;
}

/** The attributes with parts of `extra` set, or taken away with undefined. */
export function withExtra(
  attributes: ObjectAttributes,
  changes: { readonly [K in keyof ObjectExtra]: ObjectExtra[K] | undefined },
): ObjectAttributes {
  const { extra: before, ...rest } = attributes;
  const entries = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? rest : { ...rest, extra: Object.fromEntries(entries) };
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
  const fields: unknown[] = [
    h.contentType,
    optional.some((v) => v !== null) ? optional : null,
    a.userMeta.length > 0 ? a.userMeta : null,
    a.storageClass === 'STANDARD' ? null : a.storageClass,
    OBJECT_ACLS.indexOf(a.acl),
  ];
  if (a.extra !== undefined) fields.push(packExtra(a.extra));
  return fields;
}

function packExtra(e: ObjectExtra): unknown[] {
  const { lock, restore: r } = e;
  const fields = [
    e.grants?.flatMap((g) => [g.grantee, PERMISSIONS.indexOf(g.permission)]) ?? null,
    e.tags ?? null,
    e.encryption === undefined ? null : packEncryption(e.encryption),
    e.nonce ?? null,
    lock === undefined ? null : packLock(lock),
    r === undefined ? null : [r.tier, r.requestedMs, r.readyMs, r.expiresMs],
    e.symlink ?? null,
    e.accessedMs ?? null,
    e.replication === undefined ? null : packReplication(e.replication),
  ];
  if (e.checksum !== undefined) fields.push(packChecksum(e.checksum));
  return fields;
}

/** The mode stands there where it is not the one that locks had before there were two. */
function packLock({ mode, retainUntilMs, legalHold }: ObjectLock): unknown[] {
  const fields = [retainUntilMs ?? null, legalHold];
  return mode === 'GOVERNANCE' ? [...fields, LOCK_MODES.indexOf(mode)] : fields;
}

function unpackLock([retainUntilMs, legalHold, mode]: [number | null, boolean, number?]): ObjectLock {
  const lock = { retainUntilMs: retainUntilMs ?? undefined, legalHold };
  return mode === undefined ? lock : { ...lock, mode: LOCK_MODES[mode]! };
}

const packReplication = (r: Replication): unknown => ('replica' in r ? true : [r.waiting, r.failed]);

function unpackReplication(packed: true | [number, boolean]): Replication {
  return packed === true ? { replica: true } : { waiting: packed[0], failed: packed[1] };
}

function unpackExtra(f: unknown[]): ObjectExtra {
  const [grants, tags, encryption, nonce, lock, restore, symlink, accessedMs, replication, checksum] = f as [
    (string | number)[] | null,
    string[] | null,
    unknown[] | null,
    Buffer | null,
    [number | null, boolean, number?] | null,
    [Restore['tier'], number, number, number] | null,
    string | null,
    (number | null)?,
    (true | [number, boolean] | null)?,
    (unknown[] | null)?,
  ];
  return {
    ...(grants === null ? {} : { grants: unpackGrants(grants) }),
    ...(tags === null ? {} : { tags }),
    ...(encryption === null ? {} : { encryption: unpackEncryption(encryption) }),
    ...(nonce === null ? {} : { nonce }),
    ...(lock === null ? {} : { lock: unpackLock(lock) }),
    ...(restore === null
      ? {}
      : { restore: { tier: restore[0], requestedMs: restore[1], readyMs: restore[2], expiresMs: restore[3] } }),
    ...(symlink === null ? {} : { symlink }),
    ...(accessedMs == null ? {} : { accessedMs }),
    ...(replication == null ? {} : { replication: unpackReplication(replication) }),
    ...(checksum == null ? {} : { checksum: unpackChecksum(checksum) }),
  };
}

export function unpackGrants(flat: readonly (string | number)[]): Grant[] {
  const out: Grant[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    out.push({ grantee: flat[i] as string, permission: PERMISSIONS[flat[i + 1] as number]! });
  }
  return out;
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
    ...(f[5] == null ? {} : { extra: unpackExtra(f[5] as unknown[]) }),
  };
}
