/** PUT and GET Bucket acl. Source: spec/buckets.md §10, spec/access.md §2, §3. */
import { BUCKET_GRANTS } from '../access/acl.ts';
import { CosError } from '../errors/cos-error.ts';
import { granteesOf } from '../model/acl-census.ts';
import { ACL_RULE_ERRORS, requireAclAllowed } from '../model/acl-rules.ts';
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
  /** `grants` are the whole list, with the owner's own entry or without it: even none is a list. */
  readonly listed?: boolean;
}

export interface GetBucketAclResult extends BucketAclState {
  readonly ownerUin: string;
  /** There is a list, be it an empty one. */
  readonly listed: boolean;
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
    ...ACL_RULE_ERRORS,
    'BadDigest',
    'InvalidArgument',
    'InvalidDigest',
    'InvalidRequest',
    'MalformedACLError',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'UnresolvableGrantByEmailAddress',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §10',
  async run({ services, bucket }, { acl, grants, owner, listed = false }) {
    const { name, ownerUin } = bucket.record;
    requireAclAllowed(bucket.record, { acl, grants, asksAcl: true });
    if (owner !== undefined && owner !== `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`) {
      throw new CosError('AccessDenied', { message: 'The owner of a bucket cannot be changed.' });
    }
    const explicit = grants.length === 0 && !listed ? undefined : grants;
    const attachment = aclAttachment({ acl, grants });
    await writeBucketConfig(services, name, BUCKET_GRANTS, explicit, (record) => ({ ...record, acl }), attachment);
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
    const grants = await bucketConfig(services, bucket, BUCKET_GRANTS);
    return { ownerUin, acl, grants: grants ?? [], listed: grants !== undefined };
  },
});
