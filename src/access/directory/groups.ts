/** Groups of an account's users: a user has the policies of its groups besides its own. */
import type { Directory } from './directory.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { checkName, checkRoom, named, newNumber } from './names.ts';
import { DirectoryError, type Group, type User } from './types.ts';

/** @throws DirectoryError NotFound, Invalid, Exists, Limit */
export function createGroup(directory: Directory, ownerUin: string, name: string): Promise<Group> {
  checkName(name);
  return directory.change((state) => {
    const { groups } = directory.home(ownerUin, state);
    checkRoom('group', groups, DIRECTORY_LIMITS.groups, name);
    const id = newNumber(directory, '1', 8, (number) => groups.has(number));
    const record: Group = { ownerUin, id, name, policies: [], createdMs: directory.clock.nowMs() };
    return { puts: [{ kind: 'group', record }], result: record };
  });
}

/** @param group id or name @throws DirectoryError NotFound */
export function findGroup(directory: Directory, ownerUin: string, group: string): Group {
  return named('group', directory.home(ownerUin).groups, group);
}

export function membersOf(directory: Directory, { ownerUin, id }: Group): User[] {
  return [...directory.home(ownerUin).users.values()].filter(({ groups }) => groups.includes(id));
}

/** @throws DirectoryError NotFound; InUse while it has members: what its policies forbid them would be allowed */
export function deleteGroup(directory: Directory, ownerUin: string, group: string): Promise<void> {
  return directory.change((state) => {
    const { groups, users } = directory.home(ownerUin, state);
    const record = named('group', groups, group);
    const members = [...users.values()].filter((user) => user.groups.includes(record.id)).length;
    if (members > 0) {
      throw new DirectoryError('InUse', `Group ${record.name} has ${members} members: remove them first.`);
    }
    return { deletes: [{ kind: 'group', record }], result: undefined };
  });
}

/** Puts a user into a group, or takes it out; nothing changes where it is so already. @throws DirectoryError NotFound, Limit */
export function setMembership(
  directory: Directory,
  ownerUin: string,
  group: string,
  user: string,
  member: boolean,
): Promise<void> {
  return directory.change((state) => {
    const home = directory.home(ownerUin, state);
    const { id } = named('group', home.groups, group);
    const before = named('user', home.users, user);
    if (before.groups.includes(id) === member) return { result: undefined };
    if (member && before.groups.length >= DIRECTORY_LIMITS.groupsOfUser) {
      throw new DirectoryError('Limit', `A user is in at most ${DIRECTORY_LIMITS.groupsOfUser} groups.`);
    }
    const groups = member ? [...before.groups, id] : before.groups.filter((other) => other !== id);
    return { puts: [{ kind: 'user', record: { ...before, groups } }], result: undefined };
  });
}
