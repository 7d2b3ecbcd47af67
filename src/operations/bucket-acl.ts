/** PUT and GET Bucket acl. Source: spec/buckets.md §10, spec/access.md §2, §3. */
import { BUCKET_GRANTS } from '../access/acl.ts';
import { CosError } from '../errors/cos-error.ts';
import { granteesOf } from '../model/acl-census.ts';
import type { Attachment } from '../model/attachments.ts';
import { bucketConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import type { Grant } from '../model/records/attributes.ts';
import type { BucketAcl } from '../model/records/bucket.ts';
import { bucketOperation } from './operation.ts';
import { ACL_ERRORS } from './put-object.ts';

export interface BucketAclState {
  readonly acl: BucketAcl;
  /** Beside those of the canned ACL. */
  readonly grants: readonly Grant[];
}

export interface PutBucketAclInput extends BucketAclState {
  /** Canonical id that the body names as owner; undefined where it names none. */
  readonly owner: string | undefined;
}

export interface GetBucketAclResult extends BucketAclState {
  readonly ownerUin: string;
}

/** A bucket for its owner alone has no ACL that counts. */
export function aclAttachment({ acl, grants }: BucketAclState): Attachment {
  const none = acl === 'private' && grants.length === 0;
  return { kind: 'acl', grantees: none ? undefined : granteesOf({ extra: { grants } }) };
}

export const putBucketAcl = bucketOperation<PutBucketAclInput, void>({
  name: 'PutBucketAcl',
  level: 'bucket',
  method: 'PUT',
  subresource: 'acl',
  action: 'name/cos:PutBucketACL',
  access: 'bucket-write-acp',
  success: [200],
  errors: [
    ...ACL_ERRORS,
    'BadDigest',
    'InvalidArgument',
    'InvalidDigest',
    'InvalidRequest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §10',
  run({ services, bucket }, { acl, grants, owner }) {
    const { name, ownerUin } = bucket.record;
    if (owner !== undefined && owner !== `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`) {
      throw new CosError('AccessDenied', { message: 'The owner of a bucket cannot be changed.' });
    }
    const explicit = grants.length === 0 ? undefined : grants;
    const attachment = aclAttachment({ acl, grants });
    return writeBucketConfig(services, name, BUCKET_GRANTS, explicit, (record) => ({ ...record, acl }), attachment);
  },
});

export const getBucketAcl = bucketOperation<undefined, GetBucketAclResult>({
  name: 'GetBucketAcl',
  level: 'bucket',
  method: 'GET',
  subresource: 'acl',
  action: 'name/cos:GetBucketACL',
  access: 'bucket-read-acp',
  success: [200],
  errors: [],
  spec: 'buckets.md §10',
  async run({ services, bucket }) {
    const { acl, ownerUin } = bucket.record;
    return { ownerUin, acl, grants: (await bucketConfig(services, bucket, BUCKET_GRANTS)) ?? [] };
  },
});
