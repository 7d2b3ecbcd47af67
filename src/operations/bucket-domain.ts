/** PUT, GET and DELETE Bucket domain. Source: spec/buckets.md §17. */
import { CosError } from '../errors/cos-error.ts';
import { bindDomains } from '../features/domains/bind.ts';
import { isUnlicensed } from '../features/domains/ports.ts';
import { requireAnyProof, requireProof, txtVerification } from '../features/domains/proof.ts';
import {
  type AskedDomainRule,
  BUCKET_DOMAINS,
  boundName,
  checkDomains,
  type DomainRule,
} from '../features/domains/rules.ts';
import { BUCKET_WEBSITE } from '../features/website/rules.ts';
import { bucketConfig, hasConfig } from '../model/bucket-configs.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface BucketDomains {
  readonly rules: readonly DomainRule[];
  readonly txtVerification: string;
}

export const putBucketDomain = bucketOperation<readonly AskedDomainRule[], void>({
  name: 'PutBucketDomain',
  level: 'bucket',
  method: 'PUT',
  subresource: 'domain',
  action: 'name/cos:PutBucketDomain',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'DNSRecordVerifyFailed',
    'DomainAuditFailed',
    'DomainConfigConflict',
    'InvalidArgument',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'RecordAlreadyExist',
    'UserCnameInvalid',
    'WebsiteURLInvalid',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §17',
  async run(context, rules) {
    const { services, bucket } = context;
    checkDomains(rules);
    for (const rule of rules) requireAcceptable(context, rule);
    const before = (await bucketConfig(services, bucket, BUCKET_DOMAINS)) ?? [];
    const serving = new Set(before.filter(({ enabled }) => enabled).map(({ name }) => boundName(name)));
    const proofs = rules.map((rule) => {
      const name = boundName(rule.name);
      if (rule.forced !== undefined) return requireProof(services.domains, bucket.record, name, rule.forced);
      if (!services.domains.mustProve(bucket.record.appid) || !rule.enabled || serving.has(name)) return undefined;
      return requireAnyProof(services.domains, bucket.record, name);
    });
    // All at once, since DNS servers that do not answer take their time; the first rule that fails is the one named.
    const outcomes = await Promise.allSettled(proofs);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    await bindDomains(services, bucket.record.name, rules);
  },
});

/** @throws CosError UserCnameInvalid, DomainAuditFailed, InvalidArgument */
function requireAcceptable({ services, bucket }: BucketContext, { name, enabled, type }: DomainRule): void {
  const { domains } = services;
  const bound = boundName(name);
  if (domains.isOwnHost(bound)) throw new CosError('UserCnameInvalid');
  if (isUnlicensed(domains, bound)) throw new CosError('DomainAuditFailed');
  if (!enabled) return;
  if (type === 'WEBSITE' && !hasConfig(bucket, BUCKET_WEBSITE)) throw off('the bucket has no website configuration');
  if (type === 'ACCELERATE' && bucket.record.accelerate !== 'enabled') throw off('acceleration is off');
}

function off(why: string): CosError {
  return new CosError('InvalidArgument', { message: `Type cannot be enabled: ${why}.` });
}

export const getBucketDomain = bucketOperation<undefined, BucketDomains>({
  name: 'GetBucketDomain',
  level: 'bucket',
  method: 'GET',
  subresource: 'domain',
  action: 'name/cos:GetBucketDomain',
  access: 'owner',
  success: [200],
  errors: ['DomainConfigNotFoundError'],
  spec: 'buckets.md §17',
  async run({ services, bucket }) {
    const rules = await bucketConfig(services, bucket, BUCKET_DOMAINS);
    if (rules === undefined) throw new CosError('DomainConfigNotFoundError');
    return { rules, txtVerification: txtVerification(bucket.record) };
  },
});

export const deleteBucketDomain = bucketOperation<undefined, void>({
  name: 'DeleteBucketDomain',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'domain',
  action: 'name/cos:DeleteBucketDomain',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §17',
  async run({ services, bucket }) {
    if (hasConfig(bucket, BUCKET_DOMAINS)) await bindDomains(services, bucket.record.name, []);
  },
});
