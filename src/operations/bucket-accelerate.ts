/** PUT and GET Bucket accelerate. Source: spec/buckets.md §26. */
import { updateBucket } from '../model/buckets.ts';
import type { BucketFeatures } from '../model/records/bucket-features.ts';
import { bucketOperation } from './operation.ts';

export type AccelerateStatus = NonNullable<BucketFeatures['accelerate']>;

export const putBucketAccelerate = bucketOperation<AccelerateStatus, void>({
  name: 'PutBucketAccelerate',
  level: 'bucket',
  method: 'PUT',
  subresource: 'accelerate',
  action: 'name/cos:PutBucketAccelerate',
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
  spec: 'buckets.md §26',
  run: ({ services, bucket }, accelerate) =>
    updateBucket(services, bucket.record.name, (record) => ({ ...record, accelerate })),
});

export const getBucketAccelerate = bucketOperation<undefined, AccelerateStatus | undefined>({
  name: 'GetBucketAccelerate',
  level: 'bucket',
  method: 'GET',
  subresource: 'accelerate',
  action: 'name/cos:GetBucketAccelerate',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 'buckets.md §26',
  run: async ({ bucket }) => bucket.record.accelerate,
});
