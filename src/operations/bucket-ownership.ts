/**
 * Ownership controls of a bucket. Objects are always the bucket's owner's here, whatever is chosen; what a choice does
 * is to switch ACLs off (`enforced`). Source: spec/s3.md §9.
 */
import { BUCKET_GRANTS } from '../access/acl.ts';
import { CosError } from '../errors/cos-error.ts';
import { bucketConfig } from '../model/bucket-configs.ts';
import { updateBucket } from '../model/buckets.ts';
import type { Grant } from '../model/records/attributes.ts';
import type { BucketAcl } from '../model/records/bucket.ts';
import type { Ownership } from '../model/records/bucket-features.ts';
import { bucketOperation } from './operation.ts';

/**
 * ACLs cannot be switched off while one of them grants others something.
 * @throws CosError InvalidBucketAclWithObjectOwnership
 */
export function requireOwnersAlone(
  ownership: Ownership | undefined,
  ownerUin: string,
  acl: BucketAcl,
  grants: readonly Grant[],
): void {
  if (ownership !== 'enforced') return;
  const owner = `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`;
  if (acl === 'private' && grants.every(({ grantee }) => grantee === owner)) return;
  throw new CosError('InvalidBucketAclWithObjectOwnership');
}

export const putBucketOwnershipControls = bucketOperation<{ readonly ownership: Ownership }, void>({
  name: 'PutBucketOwnershipControls',
  level: 'bucket',
  method: 'PUT',
  subresource: 'ownershipControls',
  action: 'name/cos:PutBucketOwnershipControls',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidBucketAclWithObjectOwnership',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 's3.md §9',
  async run({ services, bucket }, { ownership }) {
    const grants = (await bucketConfig(services, bucket, BUCKET_GRANTS)) ?? [];
    await updateBucket(services, bucket.record.name, (record) => {
      requireOwnersAlone(ownership, record.ownerUin, record.acl, grants);
      return { ...record, ownership };
    });
  },
});

export const getBucketOwnershipControls = bucketOperation<undefined, { readonly ownership: Ownership }>({
  name: 'GetBucketOwnershipControls',
  level: 'bucket',
  method: 'GET',
  subresource: 'ownershipControls',
  action: 'name/cos:GetBucketOwnershipControls',
  access: 'owner',
  success: [200],
  errors: ['OwnershipControlsNotFoundError'],
  spec: 's3.md §9',
  async run({ bucket: { record } }) {
    if (record.ownership === undefined) throw new CosError('OwnershipControlsNotFoundError');
    return { ownership: record.ownership };
  },
});

export const deleteBucketOwnershipControls = bucketOperation<undefined, void>({
  name: 'DeleteBucketOwnershipControls',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'ownershipControls',
  action: 'name/cos:PutBucketOwnershipControls',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 's3.md §9',
  async run({ services, bucket: { record } }) {
    if (record.ownership === undefined) return;
    await updateBucket(services, record.name, ({ ownership: _, ...rest }) => rest);
  },
});
