/** GET Bucket (List Objects) in both versions of its form. Source: spec/buckets.md §6, §6.1. */
import { type ListObjectsQuery, listObjects, type ObjectPage } from '../model/listing/list-objects.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface GetBucketResult {
  readonly bucket: BucketRecord;
  readonly page: ObjectPage;
}

async function run({ services, bucket }: BucketContext, query: ListObjectsQuery): Promise<GetBucketResult> {
  return { bucket: bucket.record, page: await listObjects(services, bucket.record.id, query) };
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
