/** GET Bucket location. Source: spec/buckets.md §8. */
import { bucketOperation } from './operation.ts';

export interface GetBucketLocationResult {
  readonly region: string;
}

export const getBucketLocation = bucketOperation<void, GetBucketLocationResult>({
  name: 'GetBucketLocation',
  level: 'bucket',
  method: 'GET',
  subresource: 'location',
  action: 'name/cos:GetBucketLocation',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 'buckets.md §8',
  run: async ({ bucket }) => ({ region: bucket.record.region }),
});
