/** GET Bucket versioning. Source: spec/buckets.md §13. */
import type { Versioning } from '../model/records/bucket.ts';
import { bucketOperation } from './operation.ts';

export interface GetBucketVersioningResult {
  readonly versioning: Versioning;
}

export const getBucketVersioning = bucketOperation<void, GetBucketVersioningResult>({
  name: 'GetBucketVersioning',
  level: 'bucket',
  method: 'GET',
  subresource: 'versioning',
  action: 'name/cos:GetBucketVersioning',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 'buckets.md §13',
  run: async ({ bucket }) => ({ versioning: bucket.record.versioning }),
});
