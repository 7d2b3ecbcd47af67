/** PUT, GET and DELETE Bucket strict-signature. Source: spec/buckets.md §27, spec/protocol.md §16. */
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_STRICT_SIGNATURE, checkStrictRules, type StrictRules } from '../features/strict-signature/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { bucketOperation } from './operation.ts';

export const putBucketStrictSignature = bucketOperation<StrictRules, void>({
  name: 'PutBucketStrictSignature',
  level: 'bucket',
  method: 'PUT',
  subresource: 'strict-signature',
  action: 'name/cos:PutBucketStrictSignature',
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
  spec: 'buckets.md §27',
  async run({ services, bucket }, rules) {
    checkStrictRules(rules);
    await writeBucketConfig(services, bucket.record.name, BUCKET_STRICT_SIGNATURE, rules);
  },
});

export const getBucketStrictSignature = bucketOperation<undefined, StrictRules>({
  name: 'GetBucketStrictSignature',
  level: 'bucket',
  method: 'GET',
  subresource: 'strict-signature',
  action: 'name/cos:GetBucketStrictSignature',
  access: 'owner',
  success: [200],
  errors: ['NoSuchStrictSignatureConfiguration'],
  spec: 'buckets.md §27',
  async run({ services, bucket }) {
    const rules = await bucketConfig(services, bucket, BUCKET_STRICT_SIGNATURE);
    if (rules === undefined) throw new CosError('NoSuchStrictSignatureConfiguration');
    return rules;
  },
});

export const deleteBucketStrictSignature = bucketOperation<undefined, void>({
  name: 'DeleteBucketStrictSignature',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'strict-signature',
  action: 'name/cos:DeleteBucketStrictSignature',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §27',
  async run({ services, bucket }) {
    if (!hasConfig(bucket, BUCKET_STRICT_SIGNATURE)) return;
    await writeBucketConfig(services, bucket.record.name, BUCKET_STRICT_SIGNATURE, undefined);
  },
});
