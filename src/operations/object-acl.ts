/** PUT and GET Object ACL. Source: spec/objects.md §9.2, spec/access.md §2, §3. */
import { objectGrants } from '../access/acl.ts';
import { authorizeObject } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { ACL_RULE_ERRORS, requireAclAllowed } from '../model/acl-rules.ts';
import { changeVersion } from '../model/change-version.ts';
import { readObject } from '../model/read-object.ts';
import { type Grant, type ObjectAcl, withExtra } from '../model/records/attributes.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { replaceAttributes } from '../model/restore.ts';
import type { ObjectVersionInput } from './find-object.ts';
import { type BucketContext, bucketOperation } from './operation.ts';
import { ACL_ERRORS } from './put-object.ts';

export interface PutObjectAclInput extends ObjectVersionInput {
  readonly acl: ObjectAcl;
  readonly grants: readonly Grant[];
  /** Canonical id that the body names as owner; undefined where it names none. */
  readonly owner: string | undefined;
}

export interface GetObjectAclResult {
  readonly bucket: BucketRecord;
  readonly acl: ObjectAcl;
  readonly grants: readonly Grant[];
  /** What others get by the ACLs of folders and bucket, where the object has none of its own. */
  readonly inherited: readonly Grant[];
}

/** Whoever may not see the ACL learns nothing of the object either. */
async function judge(
  context: BucketContext,
  { key, versionId }: ObjectVersionInput,
  permission: 'READ_ACP' | 'WRITE_ACP',
) {
  const { services, actions, bucket } = context;
  try {
    const { record } = await readObject(services, bucket, key, versionId);
    await authorizeObject(context, actions, bucket, key, record.attributes, permission);
    return record;
  } catch (error) {
    if (error instanceof CosError) await authorizeObject(context, actions, bucket, key, undefined, permission);
    throw error;
  }
}

export const putObjectAcl = bucketOperation<PutObjectAclInput, void>({
  name: 'PutObjectAcl',
  level: 'object',
  method: 'PUT',
  subresource: 'acl',
  action: 'name/cos:PutObjectACL',
  access: 'object-acl',
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
    'MissingRequestBodyError',
    'NoSuchKey',
    'NoSuchVersion',
    'PathConflict',
    'UnresolvableGrantByEmailAddress',
    'XMLSizeLimit',
  ],
  spec: 'objects.md §9.2',
  async run(context, input) {
    const { services, bucket } = context;
    await judge(context, input, 'WRITE_ACP');
    requireAclAllowed(bucket.record, { ...input, asksAcl: true });
    const { ownerUin } = bucket.record;
    if (input.owner !== undefined && input.owner !== `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`) {
      throw new CosError('AccessDenied', { message: 'The owner of an object cannot be changed.' });
    }
    const grants = input.grants.length === 0 ? undefined : input.grants;
    await changeVersion(services, bucket, input.key, input.versionId, (record) =>
      replaceAttributes(record, { ...withExtra(record.attributes, { grants }), acl: input.acl }),
    );
  },
});

export const getObjectAcl = bucketOperation<ObjectVersionInput, GetObjectAclResult>({
  name: 'GetObjectAcl',
  level: 'object',
  method: 'GET',
  subresource: 'acl',
  action: 'name/cos:GetObjectACL',
  access: 'object-acl',
  success: [200],
  errors: ['NoSuchKey', 'NoSuchVersion'],
  spec: 'objects.md §9.2',
  async run(context, input) {
    const { services, bucket } = context;
    const { attributes } = await judge(context, input, 'READ_ACP');
    const { acl, extra } = attributes;
    const grants = extra?.grants ?? [];
    const own = acl !== 'default' || grants.length > 0;
    const inherited = own ? [] : await objectGrants(services, bucket, input.key, attributes);
    return { bucket: bucket.record, acl, grants, inherited };
  },
});
