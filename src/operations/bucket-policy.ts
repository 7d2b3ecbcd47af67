/** PUT, GET and DELETE Bucket policy. Source: spec/access.md §8, spec/buckets.md §14. */
import { isOwner } from '../access/authorize.ts';
import { BUCKET_POLICY } from '../access/bucket-policy.ts';
import { compilePolicy, normalisePolicy, PolicyError } from '../access/policy/parse.ts';
import { principalsOf } from '../access/policy-principals.ts';
import { isPublicPolicy } from '../access/public-policy.ts';
import { CosError } from '../errors/cos-error.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { bucketOperation } from './operation.ts';
import { ACL_ERRORS } from './put-object.ts';

export const putBucketPolicy = bucketOperation<{ readonly text: string }, void>({
  name: 'PutBucketPolicy',
  level: 'bucket',
  method: 'PUT',
  subresource: 'policy',
  action: 'name/cos:PutBucketPolicy',
  access: 'owner',
  success: [204],
  errors: [
    ...ACL_ERRORS,
    'BadDigest',
    'InvalidDigest',
    'MalformedPolicy',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
  ],
  spec: 'access.md §8',
  async run({ services, bucket: { record } }, { text }) {
    const grantees = understood(text, record);
    const attachment = { kind: 'policy', grantees } as const;
    await writeBucketConfig(services, record.name, BUCKET_POLICY, { text }, undefined, attachment);
  },
});

/** @returns whom the policy names @throws CosError MalformedPolicy; AccessDenied for a public one */
function understood(text: string, { name, appid, ownerUin, publicAccess }: BucketRecord): string[] {
  const context = { use: 'bucket', label: 'bucket policy', ownerAppid: appid, ownerUin, bucket: name } as const;
  try {
    const compiled = compilePolicy(text, context);
    if (publicAccess?.blockPolicy === true && isPublicPolicy(compiled)) {
      throw new CosError('AccessDenied', { rule: 'public access block: public policies' });
    }
    return principalsOf(text);
  } catch (error) {
    if (error instanceof PolicyError) throw new CosError('MalformedPolicy', { message: error.reason });
    throw error;
  }
}

export const getBucketPolicy = bucketOperation<undefined, { readonly text: string }>({
  name: 'GetBucketPolicy',
  level: 'bucket',
  method: 'GET',
  subresource: 'policy',
  action: 'name/cos:GetBucketPolicy',
  access: 'owner',
  success: [200],
  errors: ['NoSuchPolicy'],
  spec: 'access.md §8',
  async run({ services, bucket }) {
    const stored = await bucketConfig(services, bucket, BUCKET_POLICY);
    if (stored === undefined) throw new CosError('NoSuchPolicy');
    return { text: normalisePolicy(stored.text) };
  },
});

export const deleteBucketPolicy = bucketOperation<undefined, void>({
  name: 'DeleteBucketPolicy',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'policy',
  action: 'name/cos:DeleteBucketPolicy',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'access.md §8',
  async run({ services, bucket, identity }) {
    const { appid, name } = bucket.record;
    if (!isOwner(identity, appid)) throw new CosError('AccessDenied', { rule: 'only the owner deletes a policy' });
    if (!hasConfig(bucket, BUCKET_POLICY)) return;
    const attachment = { kind: 'policy', grantees: undefined } as const;
    await writeBucketConfig(services, name, BUCKET_POLICY, undefined, undefined, attachment);
  },
});
