/** Complete Multipart Upload. Source: spec/objects.md §11.7. */
import { type Completed, type CompletedPart, completeUpload } from '../model/multipart/complete.ts';
import type { WriteConditions } from '../model/write-object.ts';
import { bucketOperation } from './operation.ts';

export interface CompleteMultipartUploadInput {
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly CompletedPart[];
  readonly conditions: WriteConditions;
}

export interface CompleteMultipartUploadResult extends Completed {
  readonly bucket: string;
  readonly key: string;
}

export const completeMultipartUpload = bucketOperation<CompleteMultipartUploadInput, CompleteMultipartUploadResult>({
  name: 'CompleteMultipartUpload',
  level: 'object',
  method: 'POST',
  subresource: 'uploadId',
  action: 'name/cos:CompleteMultipartUpload',
  access: 'bucket-write',
  success: [200],
  errors: [
    'BadDigest',
    'EntityTooLarge',
    'EntityTooSmall',
    'FileAlreadyExists',
    'InvalidArgument',
    'InvalidDigest',
    'InvalidPart',
    'InvalidPartOrder',
    'MalformedXML',
    'MissingRequestBodyError',
    'NoSuchKey',
    'NoSuchUpload',
    'ObjectLocked',
    'PathConflict',
    'PreconditionFailed',
    'XMLSizeLimit',
  ],
  spec: 'objects.md §11.7',
  async run({ services, bucket }, { key, uploadId, parts, conditions }) {
    const completed = await completeUpload(services, bucket, key, uploadId, parts, conditions);
    return { ...completed, bucket: bucket.record.name, key };
  },
});
