import { describe, expect, it } from 'vitest';
import type { CosError } from '../errors/cos-error.ts';
import { hasAclRules, isPublicAcl, requireAclAllowed, type WantedAcl } from './acl-rules.ts';
import type { Grant } from './records/attributes.ts';
import type { BucketFeatures, PublicAccessBlock } from './records/bucket-features.ts';

const OTHER: Grant = { grantee: 'qcs::cam::uin/7:uin/7', permission: 'READ' };
const ALL: Grant = { grantee: 'all', permission: 'WRITE' };
const OFF: PublicAccessBlock = { blockAcls: false, ignoreAcls: true, blockPolicy: true, restrictBuckets: true };

function refusal(bucket: BucketFeatures, wanted: WantedAcl): string | undefined {
  try {
    requireAclAllowed(bucket, wanted);
    return undefined;
  } catch (error) {
    return (error as CosError).code;
  }
}

describe('ACLs that are switched off', () => {
  const bucket: BucketFeatures = { ownership: 'enforced' };

  it.each<[string, WantedAcl, string | undefined]>([
    ['none', { acl: 'default' }, undefined],
    ['none of a protocol without inheritance', { acl: 'owner-only' }, undefined],
    ['one that was asked for', { acl: 'owner-only', asksAcl: true }, 'AccessControlListNotSupported'],
    ['private by a word that asks for nothing', { acl: 'private' }, undefined],
    ['public-read', { acl: 'public-read' }, 'AccessControlListNotSupported'],
    ['a grant', { acl: 'default', grants: [OTHER] }, 'AccessControlListNotSupported'],
    ['no grant', { acl: 'private', grants: [] }, undefined],
  ])('%s', (_, wanted, code) => expect(refusal(bucket, wanted)).toBe(code));
});

describe('a block of public ACLs', () => {
  const bucket: BucketFeatures = { publicAccess: { ...OFF, blockAcls: true } };

  it.each<[WantedAcl, boolean]>([
    [{ acl: 'default' }, false],
    [{ acl: 'private', asksAcl: true }, false],
    [{ acl: 'owner-only', grants: [OTHER] }, false],
    [{ acl: 'public-read' }, true],
    [{ acl: 'public-read-write' }, true],
    [{ acl: 'authenticated-read' }, true],
    [{ acl: 'private', grants: [OTHER, ALL] }, true],
    [{ acl: 'private', grants: [{ grantee: 'authenticated', permission: 'READ_ACP' }] }, true],
  ])('%j is public: %s', (wanted, isPublic) => {
    expect(isPublicAcl(wanted)).toBe(isPublic);
    expect(refusal(bucket, wanted)).toBe(isPublic ? 'AccessDenied' : undefined);
  });
});

it('asks nothing of buckets without rules about ACLs', () => {
  const buckets: BucketFeatures[] = [{}, { ownership: 'writer' }, { ownership: 'preferred' }, { publicAccess: OFF }];
  for (const bucket of buckets) {
    expect(hasAclRules(bucket)).toBe(false);
    expect(refusal(bucket, { acl: 'public-read', grants: [ALL], asksAcl: true })).toBeUndefined();
  }
  expect(hasAclRules({ ownership: 'enforced' })).toBe(true);
  expect(hasAclRules({ publicAccess: { ...OFF, blockAcls: true } })).toBe(true);
});
