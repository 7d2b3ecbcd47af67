/** PUT Bucket versioning. Source: spec/buckets.md §13. */
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_REPLICATION } from '../features/replication/rules.ts';
import { updateBucket } from '../model/buckets.ts';
import { bucketOperation } from './operation.ts';

export interface PutBucketVersioningInput {
  readonly status: 'enabled' | 'suspended';
}

export const putBucketVersioning = bucketOperation<PutBucketVersioningInput, void>({
  name: 'PutBucketVersioning',
  level: 'bucket',
  method: 'PUT',
  subresource: 'versioning',
  action: 'name/cos:PutBucketVersioning',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidBucketState',
    'InvalidDigest',
    'MalformedXML',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §13',
  run: ({ services, bucket }, { status }) =>
    updateBucket(services, bucket.record.name, (record) => {
      if (status === 'suspended' && record.objectLock !== undefined) {
        throw new CosError('InvalidBucketState', {
          message: 'Versioning cannot be suspended on a bucket with object lock.',
        });
      }
      if (status === 'suspended' && record.configs?.includes(BUCKET_REPLICATION.name) === true) {
        throw new CosError('InvalidBucketState', {
          message: 'Versioning cannot be suspended on a bucket with replication.',
        });
      }
      return { ...record, versioning: status };
    }),
});
