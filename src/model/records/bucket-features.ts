/**
 * Configurations that requests on objects ask for: they stand in the bucket row, where they cost no read of their own.
 * Source: spec/buckets.md §23, §24, §26.
 */

/** Encryption of objects whose writers ask for none. */
export interface DefaultEncryption {
  readonly mode: 'cos' | 'kms';
  /** undefined: the default key of SSE-KMS */
  readonly keyId: string | undefined;
  /** Parts of the document that say nothing new, shown as they were given. */
  readonly kmsAlgorithm: string | undefined;
  readonly bucketKeyEnabled: boolean | undefined;
}

/** Intelligent tiering is on, for ever. */
export interface Tiering {
  /** Without a read for so long an object is INFREQUENT; 30, 60 or 90. */
  readonly days: number;
}

/** Whom objects belong to, as the bucket's owner was told; `enforced`: ACLs mean nothing in the bucket. */
export const OWNERSHIPS = ['writer', 'preferred', 'enforced'] as const;
export type Ownership = (typeof OWNERSHIPS)[number];

/** What is not to become public, whatever ACLs and policies say (spec/s3.md §9). */
export interface PublicAccessBlock {
  /** No ACL that grants something to everybody can be set. */
  readonly blockAcls: boolean;
  /** Those that are there grant it no more. */
  readonly ignoreAcls: boolean;
  /** No policy that allows everybody something can be set. */
  readonly blockPolicy: boolean;
  /** One that is there allows something within the owner's account alone. */
  readonly restrictBuckets: boolean;
}

export interface BucketFeatures {
  readonly encryption?: DefaultEncryption;
  readonly tiering?: Tiering;
  /** Whether the acceleration hosts serve the bucket; absent until it is set. */
  readonly accelerate?: 'enabled' | 'suspended';
  readonly ownership?: Ownership;
  readonly publicAccess?: PublicAccessBlock;
}

type PackedEncryption = [boolean, string | null, string | null, boolean | null];

/** A field of the bucket row; undefined where there is none of them. Further elements may only follow. */
export function packFeatures(features: BucketFeatures): unknown[] | undefined {
  const { encryption: e, tiering, accelerate, ownership, publicAccess } = features;
  const later = ownership !== undefined || publicAccess !== undefined;
  if (e === undefined && tiering === undefined && accelerate === undefined && !later) return undefined;
  const fields: unknown[] = [
    e === undefined ? null : [e.mode === 'kms', e.keyId ?? null, e.kmsAlgorithm ?? null, e.bucketKeyEnabled ?? null],
    tiering?.days ?? null,
    accelerate === undefined ? null : accelerate === 'enabled',
  ];
  if (later) {
    fields.push(ownership === undefined ? null : OWNERSHIPS.indexOf(ownership));
    fields.push(publicAccess === undefined ? null : packBlock(publicAccess));
  }
  return fields;
}

type PackedFeatures = [
  encryption: PackedEncryption | null,
  days: number | null,
  accelerate: boolean | null,
  ownership?: number | null,
  publicAccess?: boolean[] | null,
];

export function unpackFeatures(fields: unknown[]): BucketFeatures {
  const [e, days, accelerate, ownership, publicAccess] = fields as PackedFeatures;
  return {
    ...(e === null ? {} : { encryption: unpackEncryption(e) }),
    ...(days === null ? {} : { tiering: { days } }),
    ...(accelerate === null ? {} : { accelerate: accelerate ? 'enabled' : 'suspended' }),
    ...(ownership == null ? {} : { ownership: OWNERSHIPS[ownership]! }),
    ...(publicAccess == null ? {} : { publicAccess: unpackBlock(publicAccess) }),
  };
}

function packBlock({ blockAcls, ignoreAcls, blockPolicy, restrictBuckets }: PublicAccessBlock): boolean[] {
  return [blockAcls, ignoreAcls, blockPolicy, restrictBuckets];
}

function unpackBlock([blockAcls, ignoreAcls, blockPolicy, restrictBuckets]: boolean[]): PublicAccessBlock {
  return {
    blockAcls: blockAcls!,
    ignoreAcls: ignoreAcls!,
    blockPolicy: blockPolicy!,
    restrictBuckets: restrictBuckets!,
  };
}

function unpackEncryption([isKms, keyId, kmsAlgorithm, bucketKeyEnabled]: PackedEncryption): DefaultEncryption {
  return {
    mode: isKms ? 'kms' : 'cos',
    keyId: keyId ?? undefined,
    kmsAlgorithm: kmsAlgorithm ?? undefined,
    bucketKeyEnabled: bucketKeyEnabled ?? undefined,
  };
}
