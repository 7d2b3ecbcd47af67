/** PUT and GET Bucket object-lock. Source: spec/buckets.md §25, spec/objects.md §7. */
import { CosError } from '../errors/cos-error.ts';
import { updateBucket } from '../model/buckets.ts';
import { requireLockable } from '../model/object-lock.ts';
import type { DefaultRetention } from '../model/records/bucket.ts';
import { bucketOperation } from './operation.ts';

export interface PutBucketObjectLockInput extends DefaultRetention {
  /** Versions alone are locked: a bucket that has none is refused. */
  readonly needsVersioning?: boolean;
}

export interface GetBucketObjectLockInput {
  /** What the lack of a lock is called. */
  readonly absent: 'NoSuchObjectLockConfiguration' | 'ObjectLockConfigurationNotFoundError';
}

export const putBucketObjectLock = bucketOperation<PutBucketObjectLockInput, void>({
  name: 'PutBucketObjectLockConfiguration',
  level: 'bucket',
  method: 'PUT',
  subresource: 'object-lock',
  action: 'name/cos:PutBucketObjectLockConfiguration',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidArgument',
    'InvalidBucketState',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §25',
  run: ({ services, bucket }, { needsVersioning, ...objectLock }) =>
    updateBucket(services, bucket.record.name, (record) => {
      requireLockable(record, needsVersioning);
      return { ...record, objectLock };
    }),
});

export const getBucketObjectLock = bucketOperation<GetBucketObjectLockInput | undefined, DefaultRetention>({
  name: 'GetBucketObjectLockConfiguration',
  level: 'bucket',
  method: 'GET',
  subresource: 'object-lock',
  action: 'name/cos:GetBucketObjectLockConfiguration',
  access: 'owner',
  success: [200],
  errors: ['NoSuchObjectLockConfiguration'],
  spec: 'buckets.md §25',
  async run({ bucket }, input) {
    if (bucket.record.objectLock === undefined) throw new CosError(input?.absent ?? 'NoSuchObjectLockConfiguration');
    return bucket.record.objectLock;
  },
});
