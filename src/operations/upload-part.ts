/** Upload Part. Source: spec/objects.md §11.3. */
import type { BodyStream } from '../model/body.ts';
import { type ExpectedDigests, withIngested } from '../model/ingest.ts';
import { loadUpload, putPart } from '../model/multipart/upload.ts';
import { bucketOperation } from './operation.ts';

export interface UploadPartInput {
  readonly key: string;
  readonly uploadId: string;
  /** 1 … 10,000 */
  readonly partNumber: number;
  readonly body: BodyStream;
  readonly digests: ExpectedDigests;
}

export interface UploadPartResult {
  readonly etag: string;
  readonly crc64: Buffer;
}

export const uploadPart = bucketOperation<UploadPartInput, UploadPartResult>({
  name: 'UploadPart',
  level: 'object',
  method: 'PUT',
  subresource: 'uploadId',
  action: 'name/cos:UploadPart',
  access: 'bucket-write',
  success: [200],
  errors: [
    'BadDigest',
    'EntityTooLarge',
    'IncompleteBody',
    'InvalidArgument',
    'InvalidDigest',
    'InvalidSHA1Digest',
    'MissingContentLength',
    'NoSuchUpload',
    'PathConflict',
    'RequestTimeOut',
  ],
  spec: 'objects.md §11.3',
  async run({ services, bucket }, { key, uploadId, partNumber, body, digests }) {
    const { id } = bucket.record;
    await loadUpload(services, id, key, uploadId);
    return withIngested(services, body, services.limits.singleUploadBytes, digests, (part) =>
      putPart(services, id, key, uploadId, partNumber, part),
    );
  },
});
