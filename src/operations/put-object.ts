/** PUT Object. Source: spec/objects.md §8.1. */
import type { BodyStream } from '../model/body.ts';
import { type ExpectedDigests, withIngested } from '../model/ingest.ts';
import type { ObjectAttributes } from '../model/records/attributes.ts';
import { readKeyState } from '../model/versions.ts';
import { judgeWrite, publishObject, type WriteConditions } from '../model/write-object.ts';
import { bucketOperation } from './operation.ts';

export interface PutObjectInput {
  readonly key: string;
  readonly body: BodyStream;
  readonly attributes: ObjectAttributes;
  readonly digests: ExpectedDigests;
  readonly conditions: WriteConditions;
}

export interface PutObjectResult {
  readonly etag: string;
  readonly crc64: Buffer;
  /** Only while versioning is Enabled. */
  readonly versionId: string | undefined;
}

/** What every upload of a body can meet (spec/objects.md §2.13). */
export const UPLOAD_ERRORS = [
  'BadDigest',
  'EntityTooLarge',
  'IncompleteBody',
  'InvalidArgument',
  'InvalidDigest',
  'InvalidObjectName',
  'InvalidSHA1Digest',
  'KeyTooLong',
  'MissingContentLength',
  'NotSupportedStorageClass',
  'PathConflict',
  'RequestTimeOut',
] as const;

export const putObject = bucketOperation<PutObjectInput, PutObjectResult>({
  name: 'PutObject',
  level: 'object',
  method: 'PUT',
  action: 'name/cos:PutObject',
  access: 'bucket-write',
  success: [200],
  errors: [...UPLOAD_ERRORS, 'FileAlreadyExists', 'NoSuchKey', 'PreconditionFailed'],
  spec: 'objects.md §8.1',
  async run({ services, bucket }, { key, body, attributes, digests, conditions }) {
    const { forbidOverwrite, ifMatch, ifNoneMatch } = conditions;
    if (forbidOverwrite || ifMatch !== undefined || ifNoneMatch !== undefined) {
      // Judged again at the commit; here only so that a doomed body need not be sent.
      judgeWrite(await readKeyState(services, bucket, key), conditions);
    }
    return withIngested(services, body, services.limits.singleUploadBytes, digests, async (ingested) => {
      const { size, md5: etag, crc64, blob } = ingested;
      const written = await publishObject(
        services,
        bucket,
        key,
        { kind: 'normal', size, etag, crc64, attributes, parts: 0, ...(blob === undefined ? {} : { blob }) },
        conditions,
      );
      return { etag, crc64, versionId: written.versioning === 'enabled' ? written.versionId : undefined };
    });
  },
});
