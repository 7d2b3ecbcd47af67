/** DELETE Bucket. Source: spec/buckets.md §5. */
import { releasedDomains } from '../features/domains/bind.ts';
import { BUCKET_DOMAINS } from '../features/domains/rules.ts';
import { hasConfig } from '../model/bucket-configs.ts';
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
  async run({ services, bucket }) {
    await removeBucket(services, bucket.record.name, (entry) => releasedDomains(services, entry));
    if (hasConfig(bucket, BUCKET_DOMAINS)) await services.domains.index.refresh();
  },
});
