/**
 * May this identity do this? The owner may do everything; others what the canned ACLs of bucket and object grant.
 * Source: spec/access.md §2.
 */
import { CosError } from '../errors/cos-error.ts';
import type { ObjectAcl } from '../model/records/attributes.ts';
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
 * READ on one object: its own ACL, or the bucket's where it says `default`.
 * @param acl undefined when the object is absent: then only who may read the bucket learns of it
 * @throws CosError AccessDenied
 */
export function authorizeObjectRead(identity: Identity, bucket: BucketRecord, acl: ObjectAcl | undefined): void {
  if (isOwner(identity, bucket.appid)) return;
  if (acl === undefined || acl === 'default') {
    if (mayReadBucket(identity, bucket)) return;
  } else if (acl === 'public-read' || (acl === 'authenticated-read' && identity.kind === 'root')) {
    return;
  }
  throw denied();
}

function denied(): CosError {
  return new CosError('AccessDenied');
}
