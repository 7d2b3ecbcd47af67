/** Sub-users of an account. */
import type { Directory } from './directory.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { checkName, checkRoom, invalid, named, newUin } from './names.ts';
import type { User } from './types.ts';

/** @throws DirectoryError NotFound, Invalid, Exists, Limit */
export function createUser(directory: Directory, ownerUin: string, name: string): Promise<User> {
  checkName(name);
  if (name === 'root') throw invalid('The name root stands for the root of the account.');
  return directory.change((state) => {
    checkRoom('user', directory.home(ownerUin, state).users, DIRECTORY_LIMITS.users, name);
    const own = { ownerUin, uin: newUin(directory, state), name, groups: [], policies: [], disabled: false };
    const record: User = { ...own, createdMs: directory.clock.nowMs() };
    return { puts: [{ kind: 'user', record }], result: record };
  });
}

/** @param user UIN or name @throws DirectoryError NotFound */
export function findUser(directory: Directory, ownerUin: string, user: string): User {
  return named('user', directory.home(ownerUin).users, user);
}

/** Removes a user with its key pairs; temporary keys of it end. @throws DirectoryError NotFound */
export function deleteUser(directory: Directory, ownerUin: string, user: string): Promise<void> {
  return directory.change((state) => {
    const home = directory.home(ownerUin, state);
    const record = named('user', home.users, user);
    const keys = [...home.keys.values()].filter(({ uin }) => uin === record.uin);
    const pairs = keys.map((key) => ({ kind: 'key', record: key }) as const);
    return { deletes: [{ kind: 'user', record }, ...pairs], result: undefined };
  });
}

/** @throws DirectoryError NotFound */
export function setUserDisabled(
  directory: Directory,
  ownerUin: string,
  user: string,
  disabled: boolean,
): Promise<User> {
  return directory.change((state) => {
    const before = named('user', directory.home(ownerUin, state).users, user);
    const record = { ...before, disabled };
    return { puts: before.disabled === disabled ? [] : [{ kind: 'user', record }], result: record };
  });
}
