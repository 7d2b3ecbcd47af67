/**
 * What a bucket lets be said in ACLs: all of it, unless its owner had ACLs switched off or public ones refused.
 * Source: spec/s3.md §9.
 */
import { CosError } from '../errors/cos-error.ts';
import type { Grant, ObjectAcl } from './records/attributes.ts';
import type { BucketAcl } from './records/bucket.ts';
import type { BucketFeatures } from './records/bucket-features.ts';

export interface WantedAcl {
  readonly acl: ObjectAcl | BucketAcl;
  readonly grants?: readonly Grant[] | undefined;
  /** As in RequestedAttributes. */
  readonly asksAcl?: boolean;
}

/** What `requireAclAllowed` can say. */
export const ACL_RULE_ERRORS = ['AccessControlListNotSupported'] as const;

/** Whether there is anything to ask `requireAclAllowed`. */
export function hasAclRules({ ownership, publicAccess }: BucketFeatures): boolean {
  return ownership === 'enforced' || publicAccess?.blockAcls === true;
}

/** @throws CosError AccessControlListNotSupported; AccessDenied for a public one */
export function requireAclAllowed({ ownership, publicAccess }: BucketFeatures, wanted: WantedAcl): void {
  if (ownership === 'enforced' && (wanted.asksAcl === true || grantsOthers(wanted))) {
    throw new CosError('AccessControlListNotSupported');
  }
  if (publicAccess?.blockAcls === true && isPublicAcl(wanted)) {
    throw new CosError('AccessDenied', { rule: 'public access block: public ACLs' });
  }
}

/** Whether anybody but the owner is granted something; who is the owner is not known here. */
function grantsOthers({ acl, grants }: WantedAcl): boolean {
  return !isPrivate(acl) || (grants !== undefined && grants.length > 0);
}

const isPrivate = (acl: ObjectAcl | BucketAcl): boolean =>
  acl === 'default' || acl === 'private' || acl === 'owner-only';

/** Whether everybody, or everybody who signs, is granted anything. */
export function isPublicAcl({ acl, grants = [] }: WantedAcl): boolean {
  return !isPrivate(acl) || grants.some(isPublicGrant);
}

export function isPublicGrant({ grantee }: Grant): boolean {
  return grantee === 'all' || grantee === 'authenticated';
}
