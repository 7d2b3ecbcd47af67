/** Policies of an account, and whom they are attached to. Source: spec/access.md §4, §6 end. */
import type { Directory } from './directory.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { checkName, holdersOf, invalid, named } from './names.ts';
import type { Entry } from './records.ts';
import type { Home } from './state.ts';
import { DirectoryError, type Policy } from './types.ts';

export interface NewPolicy {
  readonly name: string;
  /** JSON */
  readonly text: string;
  /** There may be one of that name, whose place it takes; otherwise there may not. */
  readonly replace: boolean;
}

/** @throws DirectoryError NotFound, Invalid, Exists, Limit */
export function putPolicy(directory: Directory, ownerUin: string, given: NewPolicy): Promise<Policy> {
  const { name, text, replace } = given;
  checkName(name);
  if (directory.policies.preset(name) !== undefined) throw new DirectoryError('Exists', `${name} is a preset.`);
  if (Buffer.byteLength(text) > DIRECTORY_LIMITS.policyBytes) {
    throw new DirectoryError('Limit', `A policy has at most ${DIRECTORY_LIMITS.policyBytes} bytes.`);
  }
  checkText(directory, ownerUin, name, text);
  return directory.change((state) => {
    const { policies } = directory.home(ownerUin, state);
    const before = policies.get(name);
    if (before !== undefined && !replace) throw new DirectoryError('Exists', `There is a policy ${name} already.`);
    if (before === undefined && policies.size >= DIRECTORY_LIMITS.policies) {
      throw new DirectoryError('Limit', `An account has at most ${DIRECTORY_LIMITS.policies} policies.`);
    }
    const record: Policy = { ownerUin, name, text, updatedMs: directory.clock.nowMs() };
    return { puts: [{ kind: 'policy', record }], result: record };
  });
}

/** @throws DirectoryError Invalid */
function checkText(directory: Directory, ownerUin: string, name: string, text: string): void {
  const { account } = directory.home(ownerUin);
  try {
    directory.policies.compile(text, { label: name, ownerAppid: account.appid, ownerUin });
  } catch (error) {
    throw invalid(`The policy cannot be used: ${(error as Error).message}`);
  }
}

/** A policy of the account, or a preset. @throws DirectoryError NotFound */
export function findPolicy(directory: Directory, ownerUin: string, name: string): Pick<Policy, 'name' | 'text'> {
  const own = directory.home(ownerUin).policies.get(name);
  if (own !== undefined) return own;
  const text = directory.policies.preset(name);
  if (text === undefined)
    throw new DirectoryError('NotFound', `There is no policy ${JSON.stringify(name.slice(0, 80))}.`);
  return { name, text };
}

/** @throws DirectoryError NotFound; InUse while it is attached; Invalid for a preset */
export function deletePolicy(directory: Directory, ownerUin: string, name: string): Promise<void> {
  return directory.change((state) => {
    const home = directory.home(ownerUin, state);
    const record = home.policies.get(name);
    if (record === undefined) {
      findPolicy(directory, ownerUin, name);
      throw invalid(`${name} is a preset: it cannot be deleted.`);
    }
    const [holder, ...more] = holdersOf(home, name);
    if (holder !== undefined) {
      const others = more.length === 0 ? '' : ` and ${more.length} more`;
      throw new DirectoryError('InUse', `Policy ${name} is attached to ${holder}${others}: detach it first.`);
    }
    return { deletes: [{ kind: 'policy', record }], result: undefined };
  });
}

/** What a policy can be attached to, by its number or name. */
export interface Holder {
  readonly kind: 'user' | 'group' | 'role';
  readonly id: string;
}

/** Attaches a policy or takes it away; nothing changes where it is so already. @throws DirectoryError NotFound, Limit */
export function setAttached(
  directory: Directory,
  ownerUin: string,
  holder: Holder,
  policy: string,
  attached: boolean,
): Promise<void> {
  return directory.change((state) => {
    const home = directory.home(ownerUin, state);
    const before = entryOf(home, holder);
    const has = before.record.policies;
    if (has.includes(policy) === attached) {
      if (!attached) findPolicy(directory, ownerUin, policy);
      return { result: undefined };
    }
    if (attached) {
      findPolicy(directory, ownerUin, policy);
      if (has.length >= DIRECTORY_LIMITS.attachedPolicies) {
        const limit = DIRECTORY_LIMITS.attachedPolicies;
        throw new DirectoryError('Limit', `At most ${limit} policies can be attached to one ${holder.kind}.`);
      }
    }
    const policies = attached ? [...has, policy] : has.filter((name) => name !== policy);
    return { puts: [withPolicies(before, policies)], result: undefined };
  });
}

type HolderEntry = Extract<Entry, { kind: 'user' | 'group' | 'role' }>;

function entryOf(home: Home, { kind, id }: Holder): HolderEntry {
  switch (kind) {
    case 'user':
      return { kind, record: named(kind, home.users, id) };
    case 'group':
      return { kind, record: named(kind, home.groups, id) };
    case 'role':
      return { kind, record: named(kind, home.roles, id) };
  }
}

function withPolicies(entry: HolderEntry, policies: readonly string[]): Entry {
  switch (entry.kind) {
    case 'user':
      return { kind: 'user', record: { ...entry.record, policies } };
    case 'group':
      return { kind: 'group', record: { ...entry.record, policies } };
    case 'role':
      return { kind: 'role', record: { ...entry.record, policies } };
  }
}
