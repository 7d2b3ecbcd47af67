/** POST Object: an upload by a form. Source: spec/objects.md §8.2. */
import { authorize } from '../access/authorize.ts';
import type { Identity } from '../access/identity.ts';
import { bucketOperation } from './operation.ts';
import {
  ADMISSION_ERRORS,
  PUBLISH_ERRORS,
  type PutObjectInput,
  type PutObjectResult,
  putObject,
  UPLOAD_ERRORS,
} from './put-object.ts';
import { UPLOAD_ANSWER_ERRORS } from './upload-answer.ts';

export interface PostObjectInput extends PutObjectInput {
  /** Who signed the form. */
  readonly identity: Identity;
}

export interface PostObjectResult extends PutObjectResult {
  readonly key: string;
}

export const postObject = bucketOperation<PostObjectInput, PostObjectResult>({
  name: 'PostObject',
  level: 'bucket',
  method: 'POST',
  action: 'name/cos:PostObject',
  access: 'form',
  success: [200, 201, 203, 204, 303],
  errors: [
    ...UPLOAD_ERRORS,
    ...ADMISSION_ERRORS,
    ...UPLOAD_ANSWER_ERRORS,
    ...PUBLISH_ERRORS,
    'EntityTooSmall',
    'FileAlreadyExists',
    'IncorrectNumberOfFilesInPostRequest',
    'InvalidPolicyDocument',
    'MalformedPOSTRequest',
    'MaxPostPreDataLengthExceededError',
    'ObjectLocked',
  ],
  spec: 'objects.md §8.2',
  async run(context, { identity, ...upload }) {
    authorize('bucket-write', identity, context.bucket.record);
    const stored = await putObject.run({ ...context, identity }, upload);
    return { ...stored, key: upload.key };
  },
});
