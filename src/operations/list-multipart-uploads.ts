/** List Multipart Uploads. Source: spec/buckets.md §9. */
import { type ListUploadsQuery, listUploads, type UploadPage } from '../model/listing/list-uploads.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { bucketOperation } from './operation.ts';

export interface ListMultipartUploadsResult {
  readonly bucket: BucketRecord;
  readonly page: UploadPage;
}

export const listMultipartUploads = bucketOperation<ListUploadsQuery, ListMultipartUploadsResult>({
  name: 'ListMultipartUploads',
  level: 'bucket',
  method: 'GET',
  subresource: 'uploads',
  action: 'name/cos:ListMultipartUploads',
  access: 'bucket-read',
  byPrefix: true,
  success: [200],
  errors: ['InvalidArgument', 'InvalidDelimiter'],
  spec: 'buckets.md §9',
  run: async ({ services, bucket }, query) => ({
    bucket: bucket.record,
    page: await listUploads(services, bucket.record.id, query),
  }),
});
