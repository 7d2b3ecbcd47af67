/**
 * May this identity do this? The owner may do everything; others what the canned ACLs of bucket and object grant.
 * Source: spec/access.md §2.
 */
import { CosError } from '../errors/cos-error.ts';
import type { Grant, ObjectAttributes, Permission } from '../model/records/attributes.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import type { Identity } from './identity.ts';

/** The right an operation needs. */
export type Access =
  /** any valid key */
  | 'signed'
  /** the account whose APPID ends the bucket's name */
  | 'account'
  /** the bucket's owner */
  | 'owner'
  /** READ on the bucket */
  | 'bucket-read'
  /** WRITE on the bucket */
  | 'bucket-write'
  /** READ on the object: decided by `authorizeObjectRead` once the object is known */
  | 'object-read'
  /** a right on the object's own ACL: decided by `authorizeObjectAcl` once the object is known */
  | 'object-acl'
  /** WRITE on the bucket by whoever signed the form: decided once the form is read */
  | 'form'
  /** nothing: preflight */
  | 'open';

export function isOwner(identity: Identity, appid: string): boolean {
  return identity.kind === 'root' && identity.appid === appid;
}

/** @throws CosError AccessDenied */
export function authorize(access: Access, identity: Identity, bucket: BucketRecord | undefined): void {
  switch (access) {
    case 'open':
    case 'object-read':
    case 'object-acl':
    case 'form':
      return;
    case 'signed':
    case 'account':
      if (identity.kind === 'anonymous') throw denied();
      return;
    default:
      if (bucket === undefined || isOwner(identity, bucket.appid)) return;
      if (access === 'bucket-read' && mayReadBucket(identity, bucket)) return;
      if (access === 'bucket-write' && bucket.acl === 'public-read-write') return;
      throw denied();
  }
}

function mayReadBucket(identity: Identity, { acl }: BucketRecord): boolean {
  if (acl === 'public-read' || acl === 'public-read-write') return true;
  return acl === 'authenticated-read' && identity.kind === 'root';
}

/**
 * READ on one object: its own ACL, or the bucket's where it says `default`. Encrypted objects are nothing for the
 * anonymous, whatever the ACL says (spec/objects.md §5.3).
 * @param object undefined when the object is absent: then only who may read the bucket learns of it
 * @throws CosError AccessDenied
 */
export function authorizeObjectRead(
  identity: Identity,
  bucket: BucketRecord,
  object: Pick<ObjectAttributes, 'acl' | 'extra'> | undefined,
): void {
  if (isOwner(identity, bucket.appid)) return;
  if (identity.kind === 'anonymous' && object?.extra?.encryption !== undefined) throw denied();
  if (object === undefined || object.acl === 'default') {
    if (mayReadBucket(identity, bucket)) return;
  } else if (object.acl === 'public-read' || (object.acl === 'authenticated-read' && identity.kind === 'root')) {
    return;
  }
  if (object !== undefined && isGranted(identity, object.extra?.grants, 'READ')) return;
  throw denied();
}

/** Rights on an object's own ACL. @param permission READ_ACP or WRITE_ACP @throws CosError AccessDenied */
export function authorizeObjectAcl(
  identity: Identity,
  bucket: BucketRecord,
  object: Pick<ObjectAttributes, 'extra'> | undefined,
  permission: 'READ_ACP' | 'WRITE_ACP',
): void {
  if (isOwner(identity, bucket.appid) || isGranted(identity, object?.extra?.grants, permission)) return;
  throw denied();
}

function isGranted(identity: Identity, grants: readonly Grant[] | undefined, permission: Permission): boolean {
  if (grants === undefined) return false;
  return grants.some(
    (grant) =>
      (grant.permission === permission || grant.permission === 'FULL_CONTROL') && covers(grant.grantee, identity),
  );
}

function covers(grantee: string, identity: Identity): boolean {
  if (grantee === 'all') return true;
  if (identity.kind === 'anonymous') return false;
  return grantee === 'authenticated' || grantee === `qcs::cam::uin/${identity.uin}:uin/${identity.uin}`;
}

function denied(): CosError {
  return new CosError('AccessDenied');
}
