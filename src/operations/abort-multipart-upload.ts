/** Abort Multipart Upload. Source: spec/objects.md §11.8. */
import { abortUpload } from '../model/multipart/upload.ts';
import { bucketOperation } from './operation.ts';

export interface AbortMultipartUploadInput {
  readonly key: string;
  readonly uploadId: string;
}

export const abortMultipartUpload = bucketOperation<AbortMultipartUploadInput, void>({
  name: 'AbortMultipartUpload',
  level: 'object',
  method: 'DELETE',
  subresource: 'uploadId',
  action: 'name/cos:AbortMultipartUpload',
  access: 'bucket-write',
  success: [204],
  errors: ['NoSuchUpload', 'PathConflict'],
  spec: 'objects.md §11.8',
  run: ({ services, bucket }, { key, uploadId }) => abortUpload(services, bucket.record.id, key, uploadId),
});
