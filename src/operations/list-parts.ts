/** List Parts. Source: spec/objects.md §11.5. */
import { type ListedPart, listParts as listUploadedParts, loadUpload } from '../model/multipart/upload.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { UploadRecord } from '../model/records/upload.ts';
import { bucketOperation } from './operation.ts';

export interface ListPartsInput {
  readonly key: string;
  readonly uploadId: string;
  /** List numbers above this one. */
  readonly partNumberMarker: number;
  /** 1 … 1,000 */
  readonly maxParts: number;
}

export interface ListPartsResult extends ListPartsInput {
  readonly bucket: BucketRecord;
  readonly upload: UploadRecord;
  readonly parts: readonly ListedPart[];
  readonly truncated: boolean;
}

export const listParts = bucketOperation<ListPartsInput, ListPartsResult>({
  name: 'ListParts',
  level: 'object',
  method: 'GET',
  subresource: 'uploadId',
  action: 'name/cos:ListParts',
  access: 'bucket-write',
  success: [200],
  errors: ['InvalidArgument', 'ListPartUploadIdIsEmpty', 'NoSuchUpload'],
  spec: 'objects.md §11.5',
  async run({ services, bucket }, input) {
    const { id } = bucket.record;
    const { record } = await loadUpload(services, id, input.key, input.uploadId);
    const page = await listUploadedParts(services, id, input.uploadId, input.partNumberMarker, input.maxParts);
    return { ...input, bucket: bucket.record, upload: record, ...page };
  },
});
