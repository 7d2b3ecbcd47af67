/** What of a bucket is not to become public, whatever its ACLs and policy say. Source: spec/s3.md §9. */
import { CosError } from '../errors/cos-error.ts';
import { updateBucket } from '../model/buckets.ts';
import type { PublicAccessBlock } from '../model/records/bucket-features.ts';
import { bucketOperation } from './operation.ts';

export const putPublicAccessBlock = bucketOperation<PublicAccessBlock, void>({
  name: 'PutPublicAccessBlock',
  level: 'bucket',
  method: 'PUT',
  subresource: 'publicAccessBlock',
  action: 'name/cos:PutBucketPublicAccessBlock',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 's3.md §9',
  run: ({ services, bucket }, publicAccess) =>
    updateBucket(services, bucket.record.name, (record) => ({ ...record, publicAccess })),
});

export const getPublicAccessBlock = bucketOperation<undefined, PublicAccessBlock>({
  name: 'GetPublicAccessBlock',
  level: 'bucket',
  method: 'GET',
  subresource: 'publicAccessBlock',
  action: 'name/cos:GetBucketPublicAccessBlock',
  access: 'owner',
  success: [200],
  errors: ['NoSuchPublicAccessBlockConfiguration'],
  spec: 's3.md §9',
  async run({ bucket: { record } }) {
    if (record.publicAccess === undefined) throw new CosError('NoSuchPublicAccessBlockConfiguration');
    return record.publicAccess;
  },
});

export const deletePublicAccessBlock = bucketOperation<undefined, void>({
  name: 'DeletePublicAccessBlock',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'publicAccessBlock',
  action: 'name/cos:PutBucketPublicAccessBlock',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 's3.md §9',
  async run({ services, bucket: { record } }) {
    if (record.publicAccess === undefined) return;
    await updateBucket(services, record.name, ({ publicAccess: _, ...rest }) => rest);
  },
});
