/** PUT, GET and DELETE Bucket domaincertificate. Source: spec/buckets.md §17.1. */
import { CosError } from '../errors/cos-error.ts';
import { changeDomains, readDomains } from '../features/domains/bind.ts';
import { checkCertificate, type GivenCertificate, sealCertificate } from '../features/domains/certificates.ts';
import type { DomainCertificate } from '../features/domains/records.ts';
import { boundName, MAX_DOMAINS } from '../features/domains/rules.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface PutDomainCertificateInput {
  readonly certificate: GivenCertificate;
  /** At least one. */
  readonly domains: readonly string[];
}

export interface DomainNameInput {
  readonly domain: string;
}

export type DomainCertificateState = Pick<DomainCertificate, 'id' | 'beginS' | 'endS'> | undefined;

export const putBucketDomainCertificate = bucketOperation<PutDomainCertificateInput, void>({
  name: 'PutBucketDomainCertificate',
  level: 'bucket',
  method: 'PUT',
  subresource: 'domaincertificate',
  action: 'name/cos:PutBucketDomainCertificate',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidArgument',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §17.1',
  async run({ services, bucket }, { certificate, domains }) {
    const names = [...new Set(domains.map(boundName))];
    if (names.length > MAX_DOMAINS) throw notBound();
    await requireBound({ services, bucket }, names);
    const checked = checkCertificate(certificate, names, services.clock.nowMs());
    const bound = await changeDomains(services, bucket, names, (record, name) => ({
      ...record,
      certificate: sealCertificate(services.domains, bucket.record, name, checked),
    }));
    if (!bound) throw notBound();
  },
});

export const getBucketDomainCertificate = bucketOperation<DomainNameInput, DomainCertificateState>({
  name: 'GetBucketDomainCertificate',
  level: 'bucket',
  method: 'GET',
  subresource: 'domaincertificate',
  action: 'name/cos:GetBucketDomainCertificate',
  access: 'owner',
  success: [200],
  errors: ['InvalidArgument'],
  spec: 'buckets.md §17.1',
  run: ({ services, bucket }, { domain }) => ownCertificate({ services, bucket }, boundName(domain)),
});

export const deleteBucketDomainCertificate = bucketOperation<DomainNameInput, void>({
  name: 'DeleteBucketDomainCertificate',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'domaincertificate',
  action: 'name/cos:DeleteBucketDomainCertificate',
  access: 'owner',
  success: [204],
  errors: ['InvalidArgument', 'PathConflict'],
  spec: 'buckets.md §17.1',
  async run({ services, bucket }, { domain }) {
    const name = boundName(domain);
    if ((await ownCertificate({ services, bucket }, name)) === undefined) return;
    await changeDomains(services, bucket, [name], (record) => ({ ...record, certificate: undefined }));
  },
});

type Where = Pick<BucketContext, 'services' | 'bucket'>;

/** Of a domain of the bucket: what others have is nothing that it learns of. */
async function ownCertificate({ services, bucket }: Where, name: string): Promise<DomainCertificate | undefined> {
  const [record] = await readDomains(services, [name]);
  return record?.bucketId.equals(bucket.record.id) === true ? record.certificate : undefined;
}

async function requireBound({ services, bucket }: Where, names: readonly string[]): Promise<void> {
  const records = await readDomains(services, names);
  if (!records.every((record) => record?.bucketId.equals(bucket.record.id) === true)) throw notBound();
}

function notBound(): CosError {
  return new CosError('InvalidArgument', { message: 'DomainName is not a domain of this bucket.' });
}
