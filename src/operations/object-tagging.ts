/** PUT, GET and DELETE Object tagging. Source: spec/objects.md §9.1. */
import { changeVersion } from '../model/change-version.ts';
import { requireUnlocked } from '../model/object-lock.ts';
import { readObject } from '../model/read-object.ts';
import { withExtra } from '../model/records/attributes.ts';
import type { ObjectRecord } from '../model/records/object.ts';
import { replaceAttributes } from '../model/restore.ts';
import type { ObjectVersionInput } from './find-object.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface ChangeTagsInput extends ObjectVersionInput {
  /** Whether a lock is of the bytes alone, or of the tags too. Default: `refuse`. */
  readonly lockedVersion?: 'refuse' | 'allow';
}

export interface PutObjectTaggingInput extends ChangeTagsInput {
  /** Flat: key, value …, checked */
  readonly tags: readonly string[];
}

function setTags(context: BucketContext, input: ChangeTagsInput, tags: readonly string[]): Promise<ObjectRecord> {
  const { services, bucket } = context;
  return changeVersion(services, bucket, input.key, input.versionId, (record) => {
    if (input.lockedVersion !== 'allow') requireUnlocked(services, record);
    const attributes = withExtra(record.attributes, { tags: tags.length === 0 ? undefined : tags });
    return replaceAttributes(record, attributes);
  });
}

const CHANGE_ERRORS = ['NoSuchKey', 'NoSuchVersion', 'ObjectLocked', 'PathConflict'] as const;

export const putObjectTagging = bucketOperation<PutObjectTaggingInput, void>({
  name: 'PutObjectTagging',
  level: 'object',
  method: 'PUT',
  subresource: 'tagging',
  action: 'name/cos:PutObjectTagging',
  access: 'owner',
  success: [200],
  errors: [
    ...CHANGE_ERRORS,
    'BadDigest',
    'BadRequest',
    'InvalidDigest',
    'InvalidTag',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'XMLSizeLimit',
  ],
  spec: 'objects.md §9.1',
  async run(context, input) {
    await setTags(context, input, input.tags);
  },
});

export const getObjectTagging = bucketOperation<ObjectVersionInput, { readonly tags: readonly string[] }>({
  name: 'GetObjectTagging',
  level: 'object',
  method: 'GET',
  subresource: 'tagging',
  action: 'name/cos:GetObjectTagging',
  access: 'owner',
  success: [200],
  errors: ['NoSuchKey', 'NoSuchVersion'],
  spec: 'objects.md §9.1',
  async run({ services, bucket }, { key, versionId }) {
    const { record } = await readObject(services, bucket, key, versionId);
    return { tags: record.attributes.extra?.tags ?? [] };
  },
});

export const deleteObjectTagging = bucketOperation<ChangeTagsInput, void>({
  name: 'DeleteObjectTagging',
  level: 'object',
  method: 'DELETE',
  subresource: 'tagging',
  action: 'name/cos:DeleteObjectTagging',
  access: 'owner',
  success: [204],
  errors: CHANGE_ERRORS,
  spec: 'objects.md §9.1',
  async run(context, input) {
    await setTags(context, input, []);
  },
});
