/** GET Bucket Object versions. Source: spec/buckets.md §7. */
import { type TierReader, tierReader } from '../features/intelligent-tiering/access-notes.ts';
import { type ListVersionsQuery, listVersions, type VersionPage } from '../model/listing/list-versions.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { bucketOperation } from './operation.ts';

export interface GetBucketObjectVersionsResult {
  readonly bucket: BucketRecord;
  readonly page: VersionPage;
  /** Tells the tier of a listed version; undefined where no object of the bucket has one. */
  readonly tierOf: TierReader | undefined;
}

export const getBucketObjectVersions = bucketOperation<ListVersionsQuery, GetBucketObjectVersionsResult>({
  name: 'GetBucketObjectVersions',
  level: 'bucket',
  method: 'GET',
  subresource: 'versions',
  action: 'name/cos:GetBucketObjectVersions',
  access: 'bucket-read',
  byPrefix: true,
  success: [200],
  errors: ['InvalidArgument', 'InvalidDelimiter'],
  spec: 'buckets.md §7',
  run: async ({ services, bucket }, query) => ({
    bucket: bucket.record,
    page: await listVersions(services, bucket, query),
    tierOf: tierReader(services, bucket.record),
  }),
});
