/** GET Bucket (List Objects) in both versions of its form. Source: spec/buckets.md §6, §6.1. */
import { type TierReader, tierReader } from '../features/intelligent-tiering/access-notes.ts';
import { type ListObjectsQuery, listObjects, type ObjectPage } from '../model/listing/list-objects.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface GetBucketResult {
  readonly bucket: BucketRecord;
  readonly page: ObjectPage;
  /** Tells the tier of a listed object; undefined where no object of the bucket has one. */
  readonly tierOf: TierReader | undefined;
}

async function run({ services, bucket }: BucketContext, query: ListObjectsQuery): Promise<GetBucketResult> {
  const page = await listObjects(services, bucket.record.id, query);
  return { bucket: bucket.record, page, tierOf: tierReader(services, bucket.record) };
}

const declaration = {
  level: 'bucket',
  method: 'GET',
  action: 'name/cos:GetBucket',
  access: 'bucket-read',
  byPrefix: true,
  success: [200],
  errors: ['InvalidArgument', 'InvalidDelimiter'],
} as const;

export const getBucket = bucketOperation<ListObjectsQuery, GetBucketResult>({
  ...declaration,
  name: 'GetBucket',
  spec: 'buckets.md §6',
  run,
});

export const listObjectsV2 = bucketOperation<ListObjectsQuery, GetBucketResult>({
  ...declaration,
  name: 'ListObjectsV2',
  variant: 'list-v2',
  spec: 'buckets.md §6.1',
  run,
});
