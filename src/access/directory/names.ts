/** Names and numbers of entries: what may be given, and those that are made here. */
import { token } from '../key-file.ts';
import type { Directory } from './directory.ts';
import type { DirectoryState, Home } from './state.ts';
import { DirectoryError } from './types.ts';

/** Not digits alone: those are UINs and ids, and commands take either. */
const NAME = /^(?!\d+$)[A-Za-z0-9_][\w+=,.@-]{0,63}$/;
const NUMBER = /^\d{5,15}$/;
/** One line; letters of any script. */
const TITLE = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,64}$/u;

/** @throws DirectoryError Invalid */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw invalid(
    'A name has 1 to 64 of A-Z a-z 0-9 _ + = , . @ -, begins with a letter, digit or _, and is not only digits.',
  );
}

/** @throws DirectoryError Invalid */
export function checkTitle(name: string): void {
  if (!TITLE.test(name)) throw invalid('The name of an account is one line of 1 to 64 characters.');
}

/** @throws DirectoryError Invalid */
export function checkNumber(what: 'UIN' | 'APPID', text: string): void {
  if (!NUMBER.test(text)) throw invalid(`A ${what} has 5 to 15 digits.`);
}

export function invalid(message: string): DirectoryError {
  return new DirectoryError('Invalid', message);
}

/** A number that nothing has yet. @param first leading digits */
export function newNumber(
  { randomBytes }: Directory,
  first: string,
  length: number,
  taken: (n: string) => boolean,
): string {
  for (;;) {
    let number = first;
    while (number.length < length) {
      // Bytes from 250 on would favour the first digits.
      for (const byte of randomBytes(length)) if (byte < 250 && number.length < length) number += byte % 10;
    }
    if (!taken(number)) return number;
  }
}

/** Whether an account or sub-user, of any account, has the UIN. */
export function uinTaken(state: DirectoryState, uin: string): boolean {
  if (state.homes.has(uin)) return true;
  for (const { users } of state.homes.values()) if (users.has(uin)) return true;
  return false;
}

export function newUin(directory: Directory, state: DirectoryState): string {
  return newNumber(directory, '1', 12, (uin) => uinTaken(state, uin));
}

export function newPair({ randomBytes }: Directory): { secretId: string; secretKey: string } {
  return { secretId: `AKID${token(32, randomBytes)}`, secretKey: token(32, randomBytes) };
}

/** An entry by its number or its name. @throws DirectoryError NotFound */
export function named<T extends { readonly name: string }>(
  what: string,
  entries: ReadonlyMap<string, T>,
  given: string,
): T {
  const found = entries.get(given) ?? [...entries.values()].find(({ name }) => name === given);
  if (found === undefined)
    throw new DirectoryError('NotFound', `There is no ${what} ${JSON.stringify(given.slice(0, 80))}.`);
  return found;
}

/** @throws DirectoryError Limit, Exists */
export function checkRoom(
  what: string,
  entries: ReadonlyMap<string, { readonly name: string }>,
  limit: number,
  name: string,
): void {
  for (const entry of entries.values()) {
    if (entry.name === name) throw new DirectoryError('Exists', `There is a ${what} ${name} already.`);
  }
  if (entries.size >= limit) throw new DirectoryError('Limit', `An account has at most ${limit} of these: ${what}.`);
}

/** Every policy that is attached somewhere in an account, with who has it. */
export function holdersOf(home: Home, policy: string): string[] {
  const { users, groups, roles } = home;
  return [
    ...[...users.values()].filter(({ policies }) => policies.includes(policy)).map(({ name }) => `user ${name}`),
    ...[...groups.values()].filter(({ policies }) => policies.includes(policy)).map(({ name }) => `group ${name}`),
    ...[...roles.values()].filter(({ policies }) => policies.includes(policy)).map(({ name }) => `role ${name}`),
  ];
}
