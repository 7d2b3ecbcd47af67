/** PUT and GET Bucket object-lock. Source: spec/buckets.md §25, spec/objects.md §7. */
import { CosError } from '../errors/cos-error.ts';
import { updateBucket } from '../model/buckets.ts';
import { requireLockable } from '../model/object-lock.ts';
import { bucketOperation } from './operation.ts';

export interface PutBucketObjectLockInput {
  /** Default retention; undefined: none */
  readonly days: number | undefined;
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
  run: ({ services, bucket }, { days }) =>
    updateBucket(services, bucket.record.name, (record) => {
      requireLockable(record);
      return { ...record, objectLock: { days } };
    }),
});

export const getBucketObjectLock = bucketOperation<undefined, { readonly days: number | undefined }>({
  name: 'GetBucketObjectLockConfiguration',
  level: 'bucket',
  method: 'GET',
  subresource: 'object-lock',
  action: 'name/cos:GetBucketObjectLockConfiguration',
  access: 'owner',
  success: [200],
  errors: ['NoSuchObjectLockConfiguration'],
  spec: 'buckets.md §25',
  async run({ bucket }) {
    if (bucket.record.objectLock === undefined) throw new CosError('NoSuchObjectLockConfiguration');
    return bucket.record.objectLock;
  },
});
