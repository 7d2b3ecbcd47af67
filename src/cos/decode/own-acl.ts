/**
 * ACLs of protocols whose objects have one of their own from the start, and no bucket's to inherit.
 * Source: spec/s3.md §9.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { Grant, ObjectAcl } from '../../model/records/attributes.ts';
import type { HeaderSource } from './header-source.ts';

/** What a header or a canned word asks for. */
export interface AskedAcl {
  readonly acl: ObjectAcl;
  readonly grants?: readonly Grant[];
  readonly asksAcl?: boolean;
}

const UNASKED: AskedAcl = { acl: 'owner-only' };
const WRITE_BY_ALL: Grant = { grantee: 'all', permission: 'WRITE' };

const CANNED: ReadonlyMap<string, AskedAcl> = new Map<string, AskedAcl>([
  ['private', { acl: 'owner-only', asksAcl: true }],
  ['public-read', { acl: 'public-read', asksAcl: true }],
  ['public-read-write', { acl: 'public-read', grants: [WRITE_BY_ALL], asksAcl: true }],
  ['authenticated-read', { acl: 'authenticated-read', asksAcl: true }],
  // The owner of an object is always the bucket's.
  ['bucket-owner-read', { acl: 'owner-only', asksAcl: true }],
  ['bucket-owner-full-control', UNASKED],
  // COS's word: as the bucket and its folders have it.
  ['default', { acl: 'default' }],
]);

/** @throws CosError InvalidArgument; InvalidRequest beside grants */
export function decodeOwnAcl(source: HeaderSource, grants?: readonly Grant[]): AskedAcl {
  const word = source.header('x-cos-acl');
  if (word === undefined) return grants === undefined ? UNASKED : { acl: 'owner-only', grants, asksAcl: true };
  if (grants !== undefined) {
    throw new CosError('InvalidRequest', {
      message: 'Specifying both Canned ACLs and Header Grants is not allowed',
    });
  }
  const asked = CANNED.get(word);
  if (asked === undefined) {
    throw new CosError('InvalidArgument', { message: `${word.slice(0, 100)} is not a canned ACL of objects` });
  }
  return asked;
}
