/** The bucket row. */
import { LOCK_MODES, type LockMode } from './attributes.ts';
import { type BucketFeatures, packFeatures, unpackFeatures } from './bucket-features.ts';
import { pack, unpack } from './pack.ts';

/** Canned ACLs of a bucket (spec/buckets.md §3). */
export const BUCKET_ACLS = ['private', 'public-read', 'public-read-write', 'authenticated-read'] as const;
export type BucketAcl = (typeof BUCKET_ACLS)[number];

export type Versioning = 'unset' | 'enabled' | 'suspended';
const VERSIONING: readonly Versioning[] = ['unset', 'enabled', 'suspended'];

/** What versions get that ask for no retention (spec/buckets.md §25): for so many days or years, or none. */
export interface DefaultRetention {
  readonly days: number | undefined;
  readonly years?: number;
  /** Absent: COMPLIANCE */
  readonly mode?: LockMode;
}

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
  /** Object lock is on, for ever. */
  readonly objectLock?: DefaultRetention;
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
    fields.push(r.multiAz === true, r.objectLock === undefined ? null : packRetention(r.objectLock));
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
    ...(f[11] == null ? {} : { objectLock: unpackRetention(f[11] as PackedRetention) }),
  };
}

type PackedRetention = [days: number | null, years?: number | null, mode?: number];

/** Years and mode stand there where they say more than days of COMPLIANCE, which is all there was at first. */
function packRetention({ days, years, mode }: DefaultRetention): PackedRetention {
  if (years === undefined && mode !== 'GOVERNANCE') return [days ?? null];
  return [days ?? null, years ?? null, LOCK_MODES.indexOf(mode ?? 'COMPLIANCE')];
}

function unpackRetention([days, years, mode]: PackedRetention): DefaultRetention {
  return {
    days: days ?? undefined,
    ...(years == null ? {} : { years }),
    ...(mode === undefined || LOCK_MODES[mode] === 'COMPLIANCE' ? {} : { mode: LOCK_MODES[mode]! }),
  };
}

/** The first records had a number here that told of CORS rules alone. */
function configsOf(field: unknown): readonly string[] {
  return typeof field === 'number' ? ['cors'] : (field as string[]);
}
