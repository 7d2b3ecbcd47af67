/** PUT, GET and DELETE Bucket referer. Source: spec/buckets.md §16, spec/access.md §11.2. */
import { BUCKET_REFERER, checkReferer, type RefererRules } from '../features/referer/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

async function takeAway({ services, bucket }: BucketContext): Promise<void> {
  if (!hasConfig(bucket, BUCKET_REFERER)) return;
  await writeBucketConfig(services, bucket.record.name, BUCKET_REFERER, undefined);
}

/** No rules: they are taken away, as by DELETE. */
export const putBucketReferer = bucketOperation<RefererRules | undefined, void>({
  name: 'PutBucketReferer',
  level: 'bucket',
  method: 'PUT',
  subresource: 'referer',
  action: 'name/cos:PutBucketReferer',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidArgument',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §16',
  async run(context, rules) {
    if (rules === undefined) return takeAway(context);
    checkReferer(rules);
    await writeBucketConfig(context.services, context.bucket.record.name, BUCKET_REFERER, rules);
  },
});

export const getBucketReferer = bucketOperation<undefined, RefererRules | undefined>({
  name: 'GetBucketReferer',
  level: 'bucket',
  method: 'GET',
  subresource: 'referer',
  action: 'name/cos:GetBucketReferer',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 'buckets.md §16',
  async run({ services, bucket }) {
    return bucketConfig(services, bucket, BUCKET_REFERER);
  },
});

export const deleteBucketReferer = bucketOperation<undefined, void>({
  name: 'DeleteBucketReferer',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'referer',
  action: 'name/cos:DeleteBucketReferer',
  alsoActions: ['PutBucketReferer'],
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §16',
  run: takeAway,
});
