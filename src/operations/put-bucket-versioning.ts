/** PUT Bucket versioning. Source: spec/buckets.md §13. */
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
  errors: ['BadDigest', 'InvalidDigest', 'MalformedXML', 'MissingRequestBodyError', 'PathConflict', 'XMLSizeLimit'],
  spec: 'buckets.md §13',
  run: ({ services, bucket }, { status }) =>
    updateBucket(services, bucket.record.name, (record) => ({ ...record, versioning: status })),
});
