/** Roles of an account: rights that others take on for a while. Source: spec/access.md §9.2. */
import type { Directory } from './directory.ts';
import { DEFAULT_SESSION_S, DIRECTORY_LIMITS } from './limits.ts';
import { checkName, checkRoom, invalid, named, newNumber } from './names.ts';
import { isTrustPrincipal } from './trust.ts';
import type { Role } from './types.ts';

export interface NewRole {
  readonly name: string;
  /** Principals of trust.ts; at least one. */
  readonly trust: readonly string[];
  /** s; default 7,200 */
  readonly maxSessionS?: number | undefined;
}

/** @throws DirectoryError NotFound, Invalid, Exists, Limit */
export function createRole(directory: Directory, ownerUin: string, given: NewRole): Promise<Role> {
  const { name, trust, maxSessionS = DEFAULT_SESSION_S } = given;
  checkName(name);
  checkTrust(trust);
  const { minSessionS: least, maxSessionS: most } = DIRECTORY_LIMITS;
  if (!Number.isInteger(maxSessionS) || maxSessionS < least || maxSessionS > most) {
    throw invalid(`The longest session of a role lasts ${least} to ${most} seconds.`);
  }
  return directory.change((state) => {
    const { roles } = directory.home(ownerUin, state);
    checkRoom('role', roles, DIRECTORY_LIMITS.roles, name);
    const taken = (id: string) => [...state.homes.values()].some((home) => home.roles.has(id));
    const id = newNumber(directory, '4611686018', 19, taken);
    const own = { ownerUin, id, name, trust: [...new Set(trust)], policies: [], maxSessionS };
    const record: Role = { ...own, createdMs: directory.clock.nowMs() };
    return { puts: [{ kind: 'role', record }], result: record };
  });
}

/** @throws DirectoryError Invalid */
function checkTrust(trust: readonly string[]): void {
  const limit = DIRECTORY_LIMITS.trustedPrincipals;
  if (trust.length === 0 || trust.length > limit) throw invalid(`A role trusts 1 to ${limit} principals.`);
  const wrong = trust.find((principal) => !isTrustPrincipal(principal));
  if (wrong === undefined) return;
  throw invalid(
    `A role cannot trust ${JSON.stringify(wrong.slice(0, 100))}: write qcs::cam::uin/<owner>:root, ` +
      'qcs::cam::uin/<owner>:uin/<user>, qcs::cam::uin/<owner>:uin/* or qcs::cam::uin/<owner>:roleName/<name>.',
  );
}

/** @param role id or name @throws DirectoryError NotFound */
export function findRole(directory: Directory, ownerUin: string, role: string): Role {
  return named('role', directory.home(ownerUin).roles, role);
}

/** @throws DirectoryError NotFound, Invalid */
export function setTrust(
  directory: Directory,
  ownerUin: string,
  role: string,
  trust: readonly string[],
): Promise<Role> {
  checkTrust(trust);
  return directory.change((state) => {
    const before = named('role', directory.home(ownerUin, state).roles, role);
    const record = { ...before, trust: [...new Set(trust)] };
    return { puts: [{ kind: 'role', record }], result: record };
  });
}

/** Removes a role; temporary keys of it end. @throws DirectoryError NotFound */
export function deleteRole(directory: Directory, ownerUin: string, role: string): Promise<void> {
  return directory.change((state) => {
    const record = named('role', directory.home(ownerUin, state).roles, role);
    return { deletes: [{ kind: 'role', record }], result: undefined };
  });
}
