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

export interface BucketFeatures {
  readonly encryption?: DefaultEncryption;
  readonly tiering?: Tiering;
  /** Whether the acceleration hosts serve the bucket; absent until it is set. */
  readonly accelerate?: 'enabled' | 'suspended';
}

type PackedEncryption = [boolean, string | null, string | null, boolean | null];

/** A field of the bucket row; undefined where there is none of them. Further elements may only follow. */
export function packFeatures({ encryption: e, tiering, accelerate }: BucketFeatures): unknown[] | undefined {
  if (e === undefined && tiering === undefined && accelerate === undefined) return undefined;
  return [
    e === undefined ? null : [e.mode === 'kms', e.keyId ?? null, e.kmsAlgorithm ?? null, e.bucketKeyEnabled ?? null],
    tiering?.days ?? null,
    accelerate === undefined ? null : accelerate === 'enabled',
  ];
}

export function unpackFeatures(fields: unknown[]): BucketFeatures {
  const [e, days, accelerate] = fields as [PackedEncryption | null, number | null, boolean | null];
  return {
    ...(e === null ? {} : { encryption: unpackEncryption(e) }),
    ...(days === null ? {} : { tiering: { days } }),
    ...(accelerate === null ? {} : { accelerate: accelerate ? 'enabled' : 'suspended' }),
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
