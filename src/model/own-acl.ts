/** Drafts what becomes of the row that counts a version's own ACL (acl-census.ts). */
import { granteesOf, hasOwnAcl, packGrantees } from './acl-census.ts';
import { isAclKey } from './keys.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';
import { aclKeyOf, type Draft, type KeyState } from './versions.ts';

/**
 * A new version brings its own ACL; `drop` has drafted the removal of those it replaces. The last step of a plan: the
 * draft's `settled` has to be called from here on.
 * @throws CosError PolicyFull, AttachmentFull
 */
export function giveAcl(services: Services, draft: Draft, state: KeyState, record: ObjectRecord): Promise<void> {
  return admit(services, draft, state, record, draft.deletes.filter(isAclKey));
}

/** A version that stays has another ACL than before. @throws CosError PolicyFull, AttachmentFull */
export async function changeAcl(
  services: Services,
  draft: Draft,
  state: KeyState,
  before: ObjectRecord,
  after: ObjectRecord,
): Promise<void> {
  const row = aclKeyOf(state, after);
  if (!hasOwnAcl(before.attributes)) {
    if (hasOwnAcl(after.attributes)) await admit(services, draft, state, after, []);
  } else if (!hasOwnAcl(after.attributes)) {
    draft.deletes.push(row);
  } else if (granteesOf(before.attributes).join() !== granteesOf(after.attributes).join()) {
    await admit(services, draft, state, after, [row]);
  }
}

async function admit(
  services: Services,
  draft: Draft,
  state: KeyState,
  record: ObjectRecord,
  replaced: readonly Buffer[],
): Promise<void> {
  const row = aclKeyOf(state, record);
  const grantees = granteesOf(record.attributes);
  draft.settled = await services.acls.admit(state.bucket.record.appid, { row, grantees, replaced });
  draft.put({ key: row, value: packGrantees(grantees) });
}
