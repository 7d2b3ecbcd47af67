/** DELETE Bucket. Source: spec/buckets.md §5. */
import { deleteBucket as removeBucket } from '../model/buckets.ts';
import { bucketOperation } from './operation.ts';

export const deleteBucket = bucketOperation<void, void>({
  name: 'DeleteBucket',
  level: 'bucket',
  method: 'DELETE',
  action: 'name/cos:DeleteBucket',
  access: 'owner',
  success: [204],
  errors: ['BucketNotEmpty', 'PathConflict'],
  spec: 'buckets.md §5',
  run: ({ services, bucket }) => removeBucket(services, bucket.record.name),
});
