/** Root accounts: making and removing them. */
import type { Directory } from './directory.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { checkNumber, checkTitle, invalid, newNumber, newUin, uinTaken } from './names.ts';
import type { DirectoryState } from './state.ts';
import { type Account, DirectoryError } from './types.ts';

export interface NewAccount {
  readonly name: string;
  /** Chosen here where they are not given. */
  readonly uin?: string | undefined;
  readonly appid?: string | undefined;
}

/** @throws DirectoryError Invalid, Exists, Limit */
export function createAccount(directory: Directory, { name, ...given }: NewAccount): Promise<Account> {
  checkTitle(name);
  if (given.uin !== undefined) checkNumber('UIN', given.uin);
  if (given.appid !== undefined) checkNumber('APPID', given.appid);
  return directory.change((state) => {
    const { homes, byAppid } = state;
    if (given.uin !== undefined && uinTaken(state, given.uin)) throw exists('UIN', given.uin);
    if (given.appid !== undefined && byAppid.has(given.appid)) throw exists('APPID', given.appid);
    for (const { account } of homes.values()) {
      if (account.name === name) throw new DirectoryError('Exists', `There is an account ${name} already.`);
    }
    if (homes.size > DIRECTORY_LIMITS.accounts) {
      throw new DirectoryError('Limit', `There are at most ${DIRECTORY_LIMITS.accounts} accounts besides the first.`);
    }
    const uin = given.uin ?? newUin(directory, state);
    const appid = given.appid ?? newNumber(directory, '13', 10, (number) => byAppid.has(number));
    const record: Account = { uin, appid, name, createdMs: directory.clock.nowMs() };
    return { puts: [{ kind: 'account', record }], result: record };
  });
}

function exists(what: string, number: string): DirectoryError {
  return new DirectoryError('Exists', `${what} ${number} is taken.`);
}

/** An account by UIN, APPID or name. @throws DirectoryError NotFound */
export function findAccount({ homes, byAppid }: DirectoryState, given: string): Account {
  const found = homes.get(given)?.account ?? byAppid.get(given);
  if (found !== undefined) return found;
  for (const { account } of homes.values()) if (account.name === given) return account;
  throw new DirectoryError('NotFound', `There is no account ${JSON.stringify(given.slice(0, 80))}.`);
}

/**
 * Removes an account with its root's key pairs.
 * @param hasBuckets whether buckets of the account are left
 * @throws DirectoryError NotFound, InUse; Invalid for the first account
 */
export async function deleteAccount(
  directory: Directory,
  uin: string,
  hasBuckets: (appid: string) => Promise<boolean>,
): Promise<void> {
  if (uin === directory.operator.uin) throw invalid('The first account cannot be deleted.');
  const { account } = directory.home(uin);
  if (await hasBuckets(account.appid)) throw inUse(`Account ${uin} has buckets: delete them first.`);
  await directory.change((state) => {
    const { users, groups, roles, policies, keys } = directory.home(uin, state);
    const left = { users, groups, roles, policies };
    const held = Object.entries(left).find(([, entries]) => entries.size > 0);
    if (held !== undefined) throw inUse(`Account ${uin} has ${held[0]}: delete them first.`);
    const pairs = [...keys.values()].map((record) => ({ kind: 'key', record }) as const);
    return { deletes: [{ kind: 'account', record: account }, ...pairs], result: undefined };
  });
}

function inUse(message: string): DirectoryError {
  return new DirectoryError('InUse', message);
}
