/** POST Object: an upload by a form. Source: spec/objects.md §8.2. */
import { authorize, type Requester } from '../access/authorize.ts';
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
  /** Who signed the form, and what its fields say to conditions. */
  readonly requester: Requester;
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
  async run(context, { requester, ...upload }) {
    const signed = { ...context, ...requester };
    await authorize('bucket-write', context.actions, signed, context.bucket, [upload.key]);
    const stored = await putObject.run(signed, { ...upload, by: 'post' });
    return { ...stored, key: upload.key };
  },
});
