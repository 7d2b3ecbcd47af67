/** PUT Object. Source: spec/objects.md §8.1. */
import { authorizeTags } from '../access/authorize.ts';
import type { Encryption } from '../features/encryption/record.ts';
import { expiryIn, type ObjectExpiry } from '../features/lifecycle/expiry.ts';
import { ACL_RULE_ERRORS } from '../model/acl-rules.ts';
import { admit, type RequestedAttributes } from '../model/admission.ts';
import type { BodyStream } from '../model/body.ts';
import type { ChangeKind } from '../model/changes.ts';
import { type ExpectedDigests, type Ingested, withIngested } from '../model/ingest.ts';
import { type ShownChecksum, shownChecksum } from '../model/multipart/checksums.ts';
import { readKeyState } from '../model/versions.ts';
import { judgeWrite, publishObject, singleBody, type WriteConditions } from '../model/write-object.ts';
import { bucketOperation } from './operation.ts';
import {
  admitUploadAnswer,
  answerUpload,
  UPLOAD_ANSWER_ERRORS,
  type UploadAnswer,
  type UploadAnswerRequest,
  variablesOf,
} from './upload-answer.ts';

export interface PutObjectInput {
  readonly key: string;
  readonly body: BodyStream;
  readonly attributes: RequestedAttributes;
  readonly digests: ExpectedDigests;
  readonly conditions: WriteConditions;
  readonly answer: UploadAnswerRequest | undefined;
  /** Default: `put`. */
  readonly by?: ChangeKind;
  /** Tell when a lifecycle rule will expire the object. */
  readonly tellExpiry?: boolean;
}

export interface PutObjectResult {
  readonly etag: string;
  readonly crc64: Buffer;
  /** Only while versioning is Enabled. */
  readonly versionId: string | undefined;
  /** How the bytes are encrypted at rest. */
  readonly encryption: Encryption | undefined;
  /** Where `digests` asked for one. */
  readonly checksum: ShownChecksum | undefined;
  /** Instead of an empty answer. */
  readonly answer: UploadAnswer | undefined;
  readonly expiry?: ObjectExpiry | undefined;
}

/** What a key of the key service can answer (spec/objects.md §5.3). */
export const KMS_ERRORS = [
  'KmsException',
  'KmsFreqControl',
  'KmsInternalException',
  'KmsKeyDisabled',
  'KmsKeyNotExist',
] as const;

/** What the quotas of ACLs can say (spec/limits.md §1). */
export const ACL_ERRORS = ['AttachmentFull', 'PolicyFull'] as const;

/** What putting a new object into its place can meet besides. */
export const PUBLISH_ERRORS = [...ACL_ERRORS, 'UploadConflict'] as const;

/** What the attributes of a new object can meet (spec/objects.md §4.2, §5.3, §7; spec/s3.md §9). */
export const ADMISSION_ERRORS = [
  ...ACL_RULE_ERRORS,
  'InvalidArgument',
  'InvalidObjectStorage',
  'InvalidRequest',
  'InvalidTag',
  'MAZOperationNotSupportOnOAZBucket',
  'NotSupportedStorageClass',
  'OAZOperationNotSupportOnMAZBucket',
  ...KMS_ERRORS,
] as const;

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
  'PathConflict',
  'RequestTimeOut',
  'UserNetworkTooSlow',
] as const;

export const putObject = bucketOperation<PutObjectInput, PutObjectResult>({
  name: 'PutObject',
  level: 'object',
  method: 'PUT',
  action: 'name/cos:PutObject',
  access: 'bucket-write',
  success: [200, 203],
  errors: [
    ...UPLOAD_ERRORS,
    ...ADMISSION_ERRORS,
    ...UPLOAD_ANSWER_ERRORS,
    ...PUBLISH_ERRORS,
    'ConditionalRequestConflict',
    'FileAlreadyExists',
    'NoSuchKey',
    'ObjectLocked',
    'PreconditionFailed',
  ],
  spec: 'objects.md §8.1',
  async run(
    context,
    { key, body, attributes: requested, digests, conditions, answer, by = 'put', tellExpiry = false },
  ) {
    const { services, bucket, trace } = context;
    if (requested.tags !== undefined) await authorizeTags(context, bucket, key, requested.tags);
    admitUploadAnswer(services, answer);
    const { attributes, seal } = admit(services, bucket.record, requested);
    const { forbidOverwrite, ifMatch, ifNoneMatch } = conditions;
    const guarded = bucket.record.objectLock !== undefined;
    if (guarded || forbidOverwrite || ifMatch !== undefined || ifNoneMatch !== undefined) {
      // Judged again at the commit; here only so that a doomed body need not be sent.
      judgeWrite(services, await readKeyState(services, bucket, key), conditions);
    }
    const store = async (ingested: Ingested): Promise<PutObjectResult> => {
      const { etag, crc64 } = ingested;
      const written = await publishObject(
        services,
        bucket,
        key,
        { ...singleBody(ingested, attributes), by },
        conditions,
      );
      trace.object = written.record;
      trace.deltaBytes = written.record.size - written.freedBytes;
      const due = tellExpiry ? expiryIn(services, bucket, key, written.record) : undefined;
      return {
        etag,
        crc64,
        versionId: written.versioning === 'enabled' ? written.versionId : undefined,
        encryption: attributes.extra?.encryption,
        checksum: shownChecksum(written.record),
        expiry: due === undefined ? undefined : await due,
        answer:
          answer === undefined
            ? undefined
            : await answerUpload(services, answer, variablesOf(bucket, key, written.record)),
      };
    };
    return withIngested(services, body, services.limits.singleUploadBytes, digests, store, seal);
  },
});
