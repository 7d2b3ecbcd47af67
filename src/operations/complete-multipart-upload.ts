/** Complete Multipart Upload. Source: spec/objects.md §11.7. */
import type { ExpectedWhole } from '../model/multipart/checksums.ts';
import { type Completed, type CompletedPart, completeUpload } from '../model/multipart/complete.ts';
import type { WriteConditions } from '../model/write-object.ts';
import { bucketOperation } from './operation.ts';
import { PUBLISH_ERRORS } from './put-object.ts';
import {
  admitUploadAnswer,
  answerUpload,
  UPLOAD_ANSWER_ERRORS,
  type UploadAnswer,
  type UploadAnswerRequest,
  variablesOf,
} from './upload-answer.ts';

export interface CompleteMultipartUploadInput {
  readonly key: string;
  readonly uploadId: string;
  readonly parts: readonly CompletedPart[];
  readonly conditions: WriteConditions;
  readonly answer: UploadAnswerRequest | undefined;
  /** Whether part numbers may leave some out; default: `refuse`. */
  readonly gaps?: 'refuse' | 'allow';
  /** What the object must turn out to be. */
  readonly whole?: ExpectedWhole;
}

export interface CompleteMultipartUploadResult extends Completed {
  readonly bucket: string;
  readonly key: string;
  readonly answer: UploadAnswer | undefined;
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
    ...UPLOAD_ANSWER_ERRORS,
    ...PUBLISH_ERRORS,
    'BadDigest',
    'ConditionalRequestConflict',
    'EntityTooLarge',
    'EntityTooSmall',
    'FileAlreadyExists',
    'InvalidArgument',
    'InvalidDigest',
    'InvalidPart',
    'InvalidPartOrder',
    'InvalidRequest',
    'MalformedXML',
    'MissingRequestBodyError',
    'NoSuchKey',
    'NoSuchUpload',
    'ObjectLocked',
    'PathConflict',
    'PreconditionFailed',
    'XMLSizeLimit',
  ],
  longRunning: true,
  spec: 'objects.md §11.7',
  async run({ services, bucket, trace }, { key, uploadId, parts, conditions, answer, gaps, whole }) {
    admitUploadAnswer(services, answer);
    const completed = await completeUpload(services, bucket, key, uploadId, parts, conditions, { gaps, whole });
    if (completed.record !== undefined) trace.object = completed.record;
    // The parts were counted when they came.
    if (completed.freedBytes !== undefined) trace.deltaBytes = -completed.freedBytes;
    return {
      ...completed,
      bucket: bucket.record.name,
      key,
      answer:
        answer === undefined || completed.record === undefined
          ? undefined
          : await answerUpload(services, answer, variablesOf(bucket, key, completed.record)),
    };
  },
});
