/** The bucket row. */
import { type BucketFeatures, packFeatures, unpackFeatures } from './bucket-features.ts';
import { pack, unpack } from './pack.ts';

/** Canned ACLs of a bucket (spec/buckets.md §3). */
export const BUCKET_ACLS = ['private', 'public-read', 'public-read-write', 'authenticated-read'] as const;
export type BucketAcl = (typeof BUCKET_ACLS)[number];

export type Versioning = 'unset' | 'enabled' | 'suspended';
const VERSIONING: readonly Versioning[] = ['unset', 'enabled', 'suspended'];

export interface BucketRecord extends BucketFeatures {
  /** Eight bytes, never reused. */
  readonly id: Buffer;
  /** Full name, `<name>-<appid>`. */
  readonly name: string;
  readonly appid: string;
  readonly ownerUin: string;
  readonly region: string;
  /** ms since the epoch */
  readonly createdMs: number;
  readonly acl: BucketAcl;
  readonly versioning: Versioning;
  /** Spread over several zones: takes the MAZ classes alone. */
  readonly multiAz?: boolean;
  /** Object lock is on, for ever; `days` is the default retention (spec/buckets.md §25). */
  readonly objectLock?: { readonly days: number | undefined };
  /** Names of the configurations it has (bucket-configs.ts), so that other buckets need no look at them. */
  readonly configs?: readonly string[];
  /** Set while a DELETE Bucket looks whether the bucket is empty: the process that does so. */
  readonly deletingBy?: string;
}

export function packBucket(r: BucketRecord): Buffer {
  const fields: unknown[] = [
    1,
    r.id,
    r.name,
    r.appid,
    r.ownerUin,
    r.region,
    r.createdMs,
    BUCKET_ACLS.indexOf(r.acl),
    VERSIONING.indexOf(r.versioning),
    r.deletingBy ?? null,
  ];
  const features = packFeatures(r);
  if (r.multiAz === true || r.objectLock !== undefined || r.configs !== undefined || features !== undefined) {
    fields.push(r.multiAz === true, r.objectLock === undefined ? null : [r.objectLock.days ?? null]);
  }
  if (r.configs !== undefined || features !== undefined) fields.push(r.configs ?? null);
  if (features !== undefined) fields.push(features);
  return pack(fields);
}

export function unpackBucket(value: Buffer): BucketRecord {
  const f = unpack(value);
  return {
    id: f[1] as Buffer,
    name: f[2] as string,
    appid: f[3] as string,
    ownerUin: f[4] as string,
    region: f[5] as string,
    createdMs: f[6] as number,
    acl: BUCKET_ACLS[f[7] as number]!,
    versioning: VERSIONING[f[8] as number]!,
    ...(f[9] === null ? {} : { deletingBy: f[9] as string }),
    ...(f[10] === true ? { multiAz: true } : {}),
    ...(f[12] == null ? {} : { configs: configsOf(f[12]) }),
    ...(f[13] == null ? {} : unpackFeatures(f[13] as unknown[])),
    ...(f[11] == null ? {} : { objectLock: { days: (f[11] as [number | null])[0] ?? undefined } }),
  };
}

/** The first records had a number here that told of CORS rules alone. */
function configsOf(field: unknown): readonly string[] {
  return typeof field === 'number' ? ['cors'] : (field as string[]);
}
