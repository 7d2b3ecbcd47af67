/** Upload Part. Source: spec/objects.md §11.3. */
import type { CustomerKey, Encryption } from '../features/encryption/record.ts';
import type { BodyStream } from '../model/body.ts';
import { type ExpectedDigests, type Ingested, withIngested } from '../model/ingest.ts';
import { digestsOfPart } from '../model/multipart/checksums.ts';
import { loadUpload, putPart } from '../model/multipart/upload.ts';
import type { Checksum } from '../model/records/checksum.ts';
import { sealOf } from '../model/unseal.ts';
import { bucketOperation } from './operation.ts';

export interface UploadPartInput {
  readonly key: string;
  readonly uploadId: string;
  /** 1 … 10,000 */
  readonly partNumber: number;
  readonly body: BodyStream;
  readonly digests: ExpectedDigests;
  /** The key the upload is encrypted with, where it is the client's own. */
  readonly customerKey: CustomerKey | undefined;
}

export interface UploadPartResult {
  readonly etag: string;
  readonly crc64: Buffer;
  readonly encryption: Encryption | undefined;
  /** Where the upload or the part asked for one. */
  readonly checksum: Checksum | undefined;
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
    'InvalidRequest',
    'InvalidSHA1Digest',
    'MissingContentLength',
    'NoSuchUpload',
    'PathConflict',
    'RequestTimeOut',
    'UserNetworkTooSlow',
    'SsecDecryptHeaderInvalid',
  ],
  spec: 'objects.md §11.3',
  async run({ services, bucket, trace }, { key, uploadId, partNumber, body, digests, customerKey }) {
    const { id } = bucket.record;
    const upload = await loadUpload(services, id, key, uploadId);
    const seal = sealOf(services, upload.record.attributes, customerKey);
    const store = (part: Ingested) => putPart(services, id, key, uploadId, partNumber, part);
    const limit = services.limits.singleUploadBytes;
    const expected = digestsOfPart(upload.record.checksum, digests);
    const part = await withIngested(services, body, limit, expected, store, seal);
    const { etag, crc64, size, replacedBytes, checksum } = part;
    trace.deltaBytes = size - replacedBytes;
    return { etag, crc64, encryption: upload.record.attributes.extra?.encryption, checksum };
  },
});
