/** Who may assume a role. Source: spec/access.md §1 (principal spellings), §9.2. */
import type { SignedIdentity } from '../identity.ts';
import type { Role } from './types.ts';

const PRINCIPAL =
  /^qcs::cam::uin\/(\d{1,20}):(?:(root)|uin\/(\d{1,20}|\*)|roleName\/([\w+=,.@-]{1,64})|role\/(\d{1,20}))$/;

/** Whether a text is a principal that a role can trust: an account's root, a sub-user, all sub-users (`uin/*`), a role. */
export function isTrustPrincipal(text: string): boolean {
  return PRINCIPAL.test(text);
}

/** Whether a role trusts who asks. An account's root stands for itself alone: sub-users are named. */
export function trusts(role: Pick<Role, 'trust'>, asking: SignedIdentity): boolean {
  return role.trust.some((principal) => names(principal, asking));
}

function names(principal: string, { kind, ownerUin, uin: own, name }: SignedIdentity): boolean {
  const [, owner, root, uin, roleName, roleId] = PRINCIPAL.exec(principal) ?? [];
  if (owner !== ownerUin) return false;
  if (kind === 'root') return root !== undefined || uin === owner;
  if (kind === 'user') return uin === '*' || uin === own;
  return roleName === undefined ? roleId === own : roleName === name;
}

const ROLE = /^qcs::cam::uin\/(\d{1,20}):(?:roleName\/([\w+=,.@-]{1,64})|role\/(\d{1,20}))$/;

export interface RoleArn {
  readonly ownerUin: string;
  readonly name?: string;
  readonly id?: string;
}

/** @returns undefined for what is no ARN of a role */
export function parseRoleArn(text: string): RoleArn | undefined {
  const [, ownerUin, name, id] = ROLE.exec(text) ?? [];
  if (ownerUin === undefined) return undefined;
  return name === undefined ? { ownerUin, id: id ?? '' } : { ownerUin, name };
}
