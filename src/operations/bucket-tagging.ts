/** PUT, GET and DELETE Bucket tagging. Source: spec/buckets.md §20. */
import { authorizeBucket } from '../access/authorize.ts';
import { BUCKET_TAGS, withRequestTags } from '../access/bucket-tags.ts';
import { CosError } from '../errors/cos-error.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { bucketOperation } from './operation.ts';

export interface PutBucketTaggingInput {
  /** Flat: key, value …, checked; or why the body has none: whoever may not set tags is not told. */
  readonly tags: readonly string[] | CosError;
}

export const putBucketTagging = bucketOperation<PutBucketTaggingInput, void>({
  name: 'PutBucketTagging',
  level: 'bucket',
  method: 'PUT',
  subresource: 'tagging',
  action: 'name/cos:PutBucketTagging',
  access: 'body',
  success: [204],
  errors: [
    'BadDigest',
    'BadRequest',
    'InvalidDigest',
    'InvalidTag',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §20',
  async run(context, { tags }) {
    const { services, actions, bucket } = context;
    const facts = tags instanceof CosError ? context.facts : withRequestTags(context.facts, tags);
    await authorizeBucket({ ...context, facts }, actions, bucket);
    if (tags instanceof CosError) throw tags;
    await writeBucketConfig(services, bucket.record.name, BUCKET_TAGS, tags);
  },
});

export const getBucketTagging = bucketOperation<undefined, { readonly tags: readonly string[] }>({
  name: 'GetBucketTagging',
  level: 'bucket',
  method: 'GET',
  subresource: 'tagging',
  action: 'name/cos:GetBucketTagging',
  access: 'owner',
  success: [200],
  errors: ['NoSuchTagSet'],
  spec: 'buckets.md §20',
  async run({ services, bucket }) {
    const tags = await bucketConfig(services, bucket, BUCKET_TAGS);
    if (tags === undefined) throw new CosError('NoSuchTagSet');
    return { tags };
  },
});

export const deleteBucketTagging = bucketOperation<undefined, void>({
  name: 'DeleteBucketTagging',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'tagging',
  action: 'name/cos:DeleteBucketTagging',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §20',
  async run({ services, bucket }) {
    if (hasConfig(bucket, BUCKET_TAGS)) await writeBucketConfig(services, bucket.record.name, BUCKET_TAGS, undefined);
  },
});
