/** PUT Object - Copy. Source: spec/objects.md §8.6. */

import { aboutVersion, authorizeObject, authorizeTags } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import type { Encryption } from '../features/encryption/record.ts';
import { noteRead } from '../features/intelligent-tiering/access-notes.ts';
import { admit, type RequestedAttributes } from '../model/admission.ts';
import { type CopySource, contentStream, openCopySource } from '../model/copy.ts';
import { type ExpectedDigests, type Ingested, NO_DIGESTS, withIngested } from '../model/ingest.ts';
import { type ShownChecksum, shownChecksum } from '../model/multipart/checksums.ts';
import { type ObjectAttributes, withExtra } from '../model/records/attributes.ts';
import type { StoredChecksum } from '../model/records/checksum.ts';
import { judgeClassChange } from '../model/storage-class.ts';
import { publishObject, singleBody, type WriteConditions } from '../model/write-object.ts';
import type { ChecksumAlgorithm } from '../platform/hash/checksum.ts';
import { bucketOperation } from './operation.ts';
import { ADMISSION_ERRORS, PUBLISH_ERRORS } from './put-object.ts';

export interface PutObjectCopyInput {
  readonly key: string;
  readonly source: CopySource;
  /** `copy` takes headers and user metadata from the source, `replace` from `attributes`; a redirect given counts. */
  readonly metadataDirective: 'copy' | 'replace';
  /** The same of the tags. */
  readonly taggingDirective: 'copy' | 'replace';
  /** Storage class, ACL, lock and encryption count in either case. */
  readonly attributes: RequestedAttributes;
  readonly conditions: WriteConditions;
  /** Computed of the copy; undefined keeps the source's. */
  readonly checksumAlgorithm?: ChecksumAlgorithm | undefined;
  /** Computed where `checksumAlgorithm` names none and the source has none. */
  readonly defaultChecksum?: ChecksumAlgorithm | undefined;
}

export interface PutObjectCopyResult {
  readonly etag: string;
  readonly crc64: Buffer;
  readonly modifiedMs: number;
  readonly versionId: string | undefined;
  readonly sourceVersionId: string | undefined;
  readonly encryption: Encryption | undefined;
  readonly checksum: ShownChecksum | undefined;
}

/** What reading the source of a copy needs. */
export const SOURCE_ACTIONS = ['GetObject'] as const;

export const COPY_SOURCE_ERRORS = [
  'EntityTooLarge',
  'InvalidCopySource',
  'InvalidObjectState',
  'InvalidRequest',
  'NoSuchCopySource',
  'NoSuchVersion',
  'PreconditionFailed',
  'SsecDecryptHeaderInvalid',
] as const;

export const putObjectCopy = bucketOperation<PutObjectCopyInput, PutObjectCopyResult>({
  name: 'PutObjectCopy',
  level: 'object',
  method: 'PUT',
  variant: 'copy',
  action: 'name/cos:PutObject',
  alsoActions: ['PutObjectCopy'],
  access: 'bucket-write',
  success: [200],
  errors: [
    ...COPY_SOURCE_ERRORS,
    ...ADMISSION_ERRORS,
    ...PUBLISH_ERRORS,
    'ConditionalRequestConflict',
    'FileAlreadyExists',
    'InvalidObjectName',
    'KeyTooLong',
    'NoSuchKey',
    'ObjectLocked',
    'PathConflict',
  ],
  longRunning: true,
  spec: 'objects.md §8.6',
  async run(context, input) {
    const { services, bucket, trace } = context;
    const { key, source, conditions } = input;
    await authorizeTags(context, bucket, key, input.taggingDirective === 'replace' ? input.attributes.tags : undefined);
    const reader = aboutVersion(context, source.versionId);
    const opened = await openCopySource(services, source, (from, read, found) =>
      authorizeObject(reader, SOURCE_ACTIONS, from, read, found, 'READ'),
    );
    try {
      const { record } = opened.object;
      noteRead(services, opened.bucket, opened.object);
      if (record.size > services.limits.singleUploadBytes) throw new CosError('EntityTooLarge');
      const { attributes: copied, seal } = admit(services, bucket.record, inherited(input, record.attributes));
      judgeClassChange(record.storageClass, copied.storageClass);
      const same = source.bucket === bucket.record.name && source.key === key && source.versionId === undefined;
      if (same && !changesItself(input, record.attributes, copied)) {
        throw new CosError('InvalidRequest', {
          message:
            'A copy onto itself must change the metadata, the redirect, the tags, the storage class or the encryption.',
        });
      }
      const { keeps, digests } = checksumOfCopy(input, record.attributes.extra?.checksum);
      const attributes = keeps === undefined ? copied : withExtra(copied, { checksum: keeps });
      const store = async (ingested: Ingested): Promise<PutObjectCopyResult> => {
        const written = await publishObject(
          services,
          bucket,
          key,
          { ...singleBody(ingested, attributes), by: 'copy' },
          conditions,
        );
        trace.object = written.record;
        trace.source = record;
        trace.deltaBytes = written.record.size - written.freedBytes;
        return {
          etag: ingested.etag,
          crc64: ingested.crc64,
          modifiedMs: written.record.modifiedMs,
          versionId: written.versioning === 'enabled' ? written.versionId : undefined,
          sourceVersionId: opened.object.versionId,
          encryption: copied.extra?.encryption,
          checksum: shownChecksum(written.record),
        };
      };
      const body = contentStream(opened.content, 0, record.size);
      return await withIngested(services, body, record.size, digests, store, seal);
    } finally {
      await opened.content.close();
    }
  },
});

/** The copy is one body, so that a checksum of all bytes stays true of it; one over the values of parts is computed anew. */
function checksumOfCopy(
  { checksumAlgorithm, defaultChecksum }: PutObjectCopyInput,
  source: StoredChecksum | undefined,
): { readonly keeps: StoredChecksum | undefined; readonly digests: ExpectedDigests } {
  const algorithm = checksumAlgorithm ?? source?.algorithm ?? defaultChecksum;
  if (algorithm === undefined) return { keeps: undefined, digests: NO_DIGESTS };
  if (source?.algorithm === algorithm && source.type === 'FULL_OBJECT') return { keeps: source, digests: NO_DIGESTS };
  return { keeps: undefined, digests: { ...NO_DIGESTS, checksum: { algorithm, expected: undefined } } };
}

/** What the copy asks for once the directives have taken their part from the source. */
function inherited(input: PutObjectCopyInput, source: ObjectAttributes): RequestedAttributes {
  const { tags: given, ...attributes } = input.attributes;
  const { websiteRedirect } = attributes.headers;
  const headers = websiteRedirect === undefined ? source.headers : { ...source.headers, websiteRedirect };
  const kept = input.metadataDirective === 'copy' ? { headers, userMeta: source.userMeta } : {};
  const tags = input.taggingDirective === 'copy' ? source.extra?.tags : given;
  return { ...attributes, ...kept, ...(tags === undefined ? {} : { tags }) };
}

function changesItself(input: PutObjectCopyInput, source: ObjectAttributes, copied: ObjectAttributes): boolean {
  return (
    input.metadataDirective === 'replace' ||
    input.taggingDirective === 'replace' ||
    copied.storageClass !== source.storageClass ||
    copied.headers.websiteRedirect !== source.headers.websiteRedirect ||
    copied.extra?.encryption !== undefined ||
    (input.checksumAlgorithm !== undefined && input.checksumAlgorithm !== source.extra?.checksum?.algorithm) ||
    source.extra?.encryption !== undefined
  );
}
