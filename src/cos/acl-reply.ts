/** GET ?acl of a bucket or an object. Source: spec/access.md §3.3, spec/buckets.md §10. */
import { CANNED_GRANTS } from '../access/acl.ts';
import type { WireReply } from '../http/types.ts';
import { xmlElement } from '../http/xml-writer.ts';
import type { Grant } from '../model/records/attributes.ts';
import { xmlReply } from './codec.ts';
import { GROUP_URIS } from './decode/acl.ts';

type Canned = keyof typeof CANNED_GRANTS;

/** @param grants beside those of the canned ACL */
export function aclReply(ownerUin: string, acl: Canned, grants: readonly Grant[]): WireReply {
  const owner = `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`;
  const list = shownGrants(owner, acl, grants).map(grantElement).join('');
  return xmlReply(
    `<AccessControlPolicy><Owner>${xmlElement('ID', owner)}${xmlElement('DisplayName', owner)}</Owner>` +
      `<AccessControlList>${list}</AccessControlList></AccessControlPolicy>`,
    grants.length === 0 ? ['x-cos-acl', acl] : [],
  );
}

/** The list as it was set; a canned ACL alone shows what it stands for. */
function shownGrants(owner: string, acl: Canned, grants: readonly Grant[]): readonly Grant[] {
  const canned = CANNED_GRANTS[acl];
  if (acl === 'default' || grants.length > 0) return [...canned, ...grants];
  return [{ grantee: owner, permission: 'FULL_CONTROL' }, ...canned];
}

function grantElement({ grantee, permission }: Grant): string {
  const group = grantee === 'all' || grantee === 'authenticated' ? GROUP_URIS[grantee] : undefined;
  const who =
    group === undefined
      ? `xsi:type="CanonicalUser">${xmlElement('ID', grantee)}${xmlElement('DisplayName', grantee)}`
      : `xsi:type="Group">${xmlElement('URI', group)}`;
  return (
    `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ${who}</Grantee>` +
    `<Permission>${permission}</Permission></Grant>`
  );
}
