/** PUT, GET and DELETE Bucket encryption. Source: spec/buckets.md §23. */
import { CosError } from '../errors/cos-error.ts';
import { defaultEncryption, type GivenEncryption } from '../features/default-encryption/rule.ts';
import { updateBucket } from '../model/buckets.ts';
import type { DefaultEncryption } from '../model/records/bucket-features.ts';
import { bucketOperation } from './operation.ts';
import { KMS_ERRORS } from './put-object.ts';

export const putBucketEncryption = bucketOperation<GivenEncryption, void>({
  name: 'PutBucketEncryption',
  level: 'bucket',
  method: 'PUT',
  subresource: 'encryption',
  action: 'name/cos:PutBucketEncryption',
  access: 'owner',
  success: [200],
  errors: [
    ...KMS_ERRORS,
    'BadDigest',
    'InvalidArgument',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'SSEContentNotSupported',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §23',
  async run({ services, bucket }, given) {
    const encryption = defaultEncryption(services.keyring, given);
    await updateBucket(services, bucket.record.name, (record) => ({ ...record, encryption }));
  },
});

export const getBucketEncryption = bucketOperation<undefined, DefaultEncryption>({
  name: 'GetBucketEncryption',
  level: 'bucket',
  method: 'GET',
  subresource: 'encryption',
  action: 'name/cos:GetBucketEncryption',
  access: 'owner',
  success: [200],
  errors: ['NoSuchEncryptionConfiguration'],
  spec: 'buckets.md §23',
  async run({ bucket }) {
    if (bucket.record.encryption === undefined) throw new CosError('NoSuchEncryptionConfiguration');
    return bucket.record.encryption;
  },
});

export const deleteBucketEncryption = bucketOperation<undefined, void>({
  name: 'DeleteBucketEncryption',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'encryption',
  action: 'name/cos:DeleteBucketEncryption',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §23',
  async run({ services, bucket }) {
    if (bucket.record.encryption === undefined) return;
    await updateBucket(services, bucket.record.name, ({ encryption: _, ...others }) => others);
  },
});
