/** PUT Object - Copy. Source: spec/objects.md §8.6. */

import { authorizeObjectRead } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { type CopySource, contentStream, openCopySource } from '../model/copy.ts';
import { NO_DIGESTS, withIngested } from '../model/ingest.ts';
import type { ObjectAttributes } from '../model/records/attributes.ts';
import { publishObject, type WriteConditions } from '../model/write-object.ts';
import { bucketOperation } from './operation.ts';

export interface PutObjectCopyInput {
  readonly key: string;
  readonly source: CopySource;
  /** `copy` takes headers and user metadata from the source, `replace` from `attributes`. */
  readonly metadataDirective: 'copy' | 'replace';
  /** Storage class and ACL count in either case. */
  readonly attributes: ObjectAttributes;
  readonly conditions: WriteConditions;
}

export interface PutObjectCopyResult {
  readonly etag: string;
  readonly crc64: Buffer;
  readonly modifiedMs: number;
  readonly versionId: string | undefined;
  readonly sourceVersionId: string | undefined;
}

export const COPY_SOURCE_ERRORS = [
  'EntityTooLarge',
  'InvalidCopySource',
  'InvalidRequest',
  'NoSuchCopySource',
  'NoSuchVersion',
  'PreconditionFailed',
] as const;

export const putObjectCopy = bucketOperation<PutObjectCopyInput, PutObjectCopyResult>({
  name: 'PutObjectCopy',
  level: 'object',
  method: 'PUT',
  variant: 'copy',
  action: 'name/cos:PutObject',
  access: 'bucket-write',
  success: [200],
  errors: [
    ...COPY_SOURCE_ERRORS,
    'FileAlreadyExists',
    'InvalidArgument',
    'InvalidObjectName',
    'KeyTooLong',
    'NotSupportedStorageClass',
    'PathConflict',
  ],
  spec: 'objects.md §8.6',
  async run({ services, identity, bucket }, input) {
    const { key, source, attributes, conditions } = input;
    const opened = await openCopySource(services, source, (record, acl) => authorizeObjectRead(identity, record, acl));
    try {
      const { record } = opened.object;
      if (record.size > services.limits.singleUploadBytes) throw new CosError('EntityTooLarge');
      const copied: ObjectAttributes =
        input.metadataDirective === 'replace'
          ? attributes
          : { ...record.attributes, storageClass: attributes.storageClass, acl: attributes.acl };
      const same = source.bucket === bucket.record.name && source.key === key && source.versionId === undefined;
      const changed = input.metadataDirective === 'replace' || copied.storageClass !== record.attributes.storageClass;
      if (same && !changed) {
        throw new CosError('InvalidRequest', {
          message: 'A copy onto itself must change the metadata or the storage class.',
        });
      }
      const body = contentStream(opened.content, 0, record.size);
      return await withIngested(services, body, record.size, NO_DIGESTS, async ({ blob, size, md5, crc64 }) => {
        const etag = md5;
        const object = { kind: 'normal' as const, size, etag, crc64, attributes: copied, parts: 0 };
        const given = blob === undefined ? object : { ...object, blob };
        const written = await publishObject(services, bucket, key, given, conditions);
        return {
          etag,
          crc64,
          modifiedMs: written.record.modifiedMs,
          versionId: written.versioning === 'enabled' ? written.versionId : undefined,
          sourceVersionId: opened.object.versionId,
        };
      });
    } finally {
      await opened.content.close();
    }
  },
});
