/** Upload Part - Copy. Source: spec/objects.md §11.4. */

import { aboutVersion, authorizeObject } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import type { CustomerKey, Encryption } from '../features/encryption/record.ts';
import { noteRead } from '../features/intelligent-tiering/access-notes.ts';
import { type CopySource, contentStream, openCopySource } from '../model/copy.ts';
import { type Ingested, NO_DIGESTS, withIngested } from '../model/ingest.ts';
import { digestsOfPart } from '../model/multipart/checksums.ts';
import { loadUpload, putPart } from '../model/multipart/upload.ts';
import type { Checksum } from '../model/records/checksum.ts';
import { sealOf } from '../model/unseal.ts';
import { bucketOperation } from './operation.ts';
import { COPY_SOURCE_ERRORS, SOURCE_ACTIONS } from './put-object-copy.ts';

export interface UploadPartCopyInput {
  readonly key: string;
  readonly uploadId: string;
  /** 1 … 10,000 */
  readonly partNumber: number;
  readonly source: CopySource;
  /** First and last byte, inclusive; undefined copies everything. */
  readonly range: { readonly first: number; readonly last: number } | undefined;
  /** The key the upload is encrypted with, where it is the client's own. */
  readonly customerKey: CustomerKey | undefined;
}

export interface UploadPartCopyResult {
  readonly etag: string;
  readonly crc64: Buffer;
  readonly modifiedMs: number;
  readonly sourceVersionId: string | undefined;
  readonly encryption: Encryption | undefined;
  /** Where the upload asked for one. */
  readonly checksum: Checksum | undefined;
}

export const uploadPartCopy = bucketOperation<UploadPartCopyInput, UploadPartCopyResult>({
  name: 'UploadPartCopy',
  level: 'object',
  method: 'PUT',
  subresource: 'uploadId',
  variant: 'copy',
  action: 'name/cos:UploadPart',
  alsoActions: ['PutObject', 'UploadPartCopy'],
  access: 'bucket-write',
  success: [200],
  errors: [...COPY_SOURCE_ERRORS, 'InvalidArgument', 'InvalidRange', 'NoSuchUpload', 'PathConflict'],
  longRunning: true,
  spec: 'objects.md §11.4',
  async run(context, { key, uploadId, partNumber, source, range, customerKey }) {
    const { services, bucket } = context;
    const { id } = bucket.record;
    const upload = await loadUpload(services, id, key, uploadId);
    const seal = sealOf(services, upload.record.attributes, customerKey);
    const reader = aboutVersion(context, source.versionId);
    const opened = await openCopySource(services, source, (from, read, found) =>
      authorizeObject(reader, SOURCE_ACTIONS, from, read, found, 'READ'),
    );
    try {
      const { size } = opened.object.record;
      noteRead(services, opened.bucket, opened.object);
      if (range !== undefined && range.last >= size) throw new CosError('InvalidRange');
      const start = range?.first ?? 0;
      const length = range === undefined ? size : range.last - range.first + 1;
      if (length > services.limits.singleUploadBytes) throw new CosError('EntityTooLarge');
      const body = contentStream(opened.content, start, length);
      const store = (ingested: Ingested) => putPart(services, id, key, uploadId, partNumber, ingested);
      const digests = digestsOfPart(upload.record.checksum, NO_DIGESTS);
      const part = await withIngested(services, body, length, digests, store, seal);
      const { etag, crc64, modifiedMs, replacedBytes, checksum } = part;
      const { encryption } = upload.record.attributes.extra ?? {};
      context.trace.source = opened.object.record;
      context.trace.deltaBytes = length - replacedBytes;
      return { etag, crc64, modifiedMs, sourceVersionId: opened.object.versionId, encryption, checksum };
    } finally {
      await opened.content.close();
    }
  },
});
