/** Certificates of custom domains: what they must be like, and how their keys are kept. Source: spec/buckets.md §17.1. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { CosError } from '../../errors/cos-error.ts';
import type { BucketRecord } from '../../model/records/bucket.ts';
import type { DomainPorts } from './ports.ts';
import type { DomainCertificate, DomainRecord } from './records.ts';

export interface GivenCertificate {
  /** PEM, the domain's own certificate first. */
  readonly chain: string;
  /** PEM, not encrypted. */
  readonly key: string;
  /** A name for it; undefined: made from the certificate. */
  readonly id: string | undefined;
}

/** Twenty domains may have one each, and are written in one commit. bytes */
export const MAX_CERTIFICATE = 20 * 1024;

/** A certificate that can be served. */
export interface CheckedCertificate extends GivenCertificate {
  readonly id: string;
  readonly beginS: number;
  readonly endS: number;
}

/**
 * @param names that it is for, lower case
 * @throws CosError InvalidArgument for what is no certificate with its key, or one for other names or times
 */
export function checkCertificate(given: GivenCertificate, names: readonly string[], nowMs: number): CheckedCertificate {
  const { chain, key } = given;
  if (Buffer.byteLength(chain) + Buffer.byteLength(key) > MAX_CERTIFICATE) {
    throw invalid('Certificate and key have at most 20 KiB.');
  }
  const certificate = readable(() => new X509Certificate(chain), 'Cert is not a certificate in PEM.');
  const privateKey: KeyObject = readable(() => createPrivateKey(key), 'PrivateKey is not a private key in PEM.');
  if (!certificate.checkPrivateKey(privateKey)) throw invalid('PrivateKey does not belong to Cert.');
  const foreign = names.find((name) => certificate.checkHost(name) === undefined);
  if (foreign !== undefined) throw invalid(`The certificate is not for ${foreign}.`);
  const beginS = Math.floor(Date.parse(certificate.validFrom) / 1000);
  const endS = Math.floor(Date.parse(certificate.validTo) / 1000);
  if (endS * 1000 <= nowMs) throw invalid('The certificate has expired.');
  // The library of TLS has the last word: weak keys, broken intermediates.
  readable(() => createSecureContext({ cert: chain, key }), 'The certificate cannot be served.');
  return { ...given, id: given.id ?? idOf(certificate), beginS, endS };
}

function idOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('hex').slice(0, 16);
}

function readable<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch (cause) {
    throw new CosError('InvalidArgument', { message, cause });
  }
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

/** @param name lower case */
export function sealCertificate(
  { sealer }: Pick<DomainPorts, 'sealer'>,
  { id }: Pick<BucketRecord, 'id'>,
  name: string,
  { id: certId, chain, key, beginS, endS }: CheckedCertificate,
): DomainCertificate {
  return { id: certId, chain, sealedKey: sealer.seal(Buffer.from(key), contextOf(id, name)), beginS, endS };
}

/** PEM; undefined where it was sealed by another server. @param name lower case */
export function openKey(
  { sealer }: Pick<DomainPorts, 'sealer'>,
  name: string,
  { bucketId, certificate }: DomainRecord,
): string | undefined {
  return certificate && sealer.open(certificate.sealedKey, contextOf(bucketId, name))?.toString();
}

function contextOf(bucketId: Buffer, name: string): Buffer {
  return Buffer.concat([bucketId, Buffer.from(name)]);
}
