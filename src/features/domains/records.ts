/** The row of a bound domain: which bucket it is, and its certificate. Its key is the name (model/keys.ts). */
import { pack, unpack } from '../../model/records/pack.ts';
import { DOMAIN_TYPES, type DomainType } from './rules.ts';

export interface DomainCertificate {
  readonly id: string;
  /** PEM: the domain's own first, then those between it and its authority. */
  readonly chain: string;
  /** PEM of the key, sealed for this domain of this bucket. */
  readonly sealedKey: Buffer;
  /** s since the epoch */
  readonly beginS: number;
  /** s since the epoch */
  readonly endS: number;
}

export interface DomainRecord {
  /** Full name. */
  readonly bucket: string;
  readonly bucketId: Buffer;
  readonly enabled: boolean;
  readonly type: DomainType;
  readonly certificate: DomainCertificate | undefined;
}

type PackedCertificate = [id: string, chain: string, sealedKey: Buffer, beginS: number, endS: number];
type Packed = [1, bucket: string, id: Buffer, enabled: boolean, type: number, certificate: PackedCertificate | null];

export function packDomain({ bucket, bucketId, enabled, type, certificate: c }: DomainRecord): Buffer {
  const certificate = c === undefined ? null : [c.id, c.chain, c.sealedKey, c.beginS, c.endS];
  return pack([1, bucket, bucketId, enabled, DOMAIN_TYPES.indexOf(type), certificate]);
}

export function unpackDomain(value: Buffer): DomainRecord {
  const [, bucket, bucketId, enabled, type, c] = unpack(value) as Packed;
  return {
    bucket,
    bucketId,
    enabled,
    type: DOMAIN_TYPES[type]!,
    certificate: c === null ? undefined : { id: c[0], chain: c[1], sealedKey: c[2], beginS: c[3], endS: c[4] },
  };
}
