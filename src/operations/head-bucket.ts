/** HEAD Bucket. Source: spec/buckets.md §4. */
import { bucketOperation } from './operation.ts';

export interface HeadBucketResult {
  readonly region: string;
  readonly multiAz: boolean;
}

export const headBucket = bucketOperation<void, HeadBucketResult>({
  name: 'HeadBucket',
  level: 'bucket',
  method: 'HEAD',
  action: 'name/cos:HeadBucket',
  access: 'bucket-read',
  success: [200],
  errors: [],
  spec: 'buckets.md §4',
  run: async ({ bucket }) => ({ region: bucket.record.region, multiAz: bucket.record.multiAz === true }),
});
