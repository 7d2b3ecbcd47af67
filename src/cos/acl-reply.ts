/** GET ?acl of a bucket or an object. Source: spec/access.md §3.3, spec/buckets.md §10. */
import { CANNED_GRANTS } from '../access/acl.ts';
import type { WireReply } from '../http/types.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { Grant } from '../model/records/attributes.ts';
import { xmlReply } from './codec.ts';
import { GROUP_URIS } from './decode/acl.ts';

type Canned = keyof typeof CANNED_GRANTS;

/** How a protocol writes grantees. */
export interface GranteeWords {
  /** @param id canonical */
  displayName(id: string): string;
  groupUri(group: 'all' | 'authenticated'): string;
}

const COS_WORDS: GranteeWords = { displayName: (id) => id, groupUri: (group) => GROUP_URIS[group] };

/** @param grants beside those of the canned ACL */
export function aclReply(ownerUin: string, acl: Canned, grants: readonly Grant[]): WireReply {
  const owner = `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`;
  const word = acl === 'owner-only' ? 'private' : acl;
  return aclDocument(owner, shownGrants(owner, acl, grants), COS_WORDS, grants.length === 0 ? ['x-cos-acl', word] : []);
}

/** @param owner canonical id */
export function aclDocument(
  owner: string,
  grants: readonly Grant[],
  words: GranteeWords,
  headers: string[] = [],
): WireReply {
  const list = grants.map((grant) => grantElement(grant, words)).join('');
  return xmlReply(
    `<AccessControlPolicy><Owner>${xmlElement('ID', owner)}${xmlElement('DisplayName', words.displayName(owner))}</Owner>` +
      `<AccessControlList>${list}</AccessControlList></AccessControlPolicy>`,
    headers,
  );
}

/** The list as it was set; a canned ACL alone shows what it stands for. */
export function shownGrants(owner: string, acl: Canned, grants: readonly Grant[]): readonly Grant[] {
  const canned = CANNED_GRANTS[acl];
  if (acl === 'default' || grants.length > 0) return [...canned, ...grants];
  return [{ grantee: owner, permission: 'FULL_CONTROL' }, ...canned];
}

function grantElement({ grantee, permission }: Grant, words: GranteeWords): string {
  const group = grantee === 'all' || grantee === 'authenticated' ? words.groupUri(grantee) : undefined;
  const who =
    group === undefined
      ? `xsi:type="CanonicalUser">${xmlElement('ID', grantee)}${xmlElement('DisplayName', words.displayName(grantee))}`
      : `xsi:type="Group">${xmlElement('URI', group)}`;
  return (
    `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${who}</Grantee>` +
    `<Permission>${permission}</Permission></Grant>`
  );
}
