/** Key pairs of roots and users. A SecretKey is told once, by the change that makes it. Source: spec/access.md §1. */
import type { Directory } from './directory.ts';
import { DIRECTORY_LIMITS } from './limits.ts';
import { invalid, newPair } from './names.ts';
import type { Home } from './state.ts';
import { DirectoryError, type KeyFacts, type KeyRecord } from './types.ts';

export interface NewKey extends KeyFacts {
  readonly secretKey: string;
}

/**
 * @param uin of the account's root or one of its users
 * @throws DirectoryError NotFound, Limit
 */
export function createKey(directory: Directory, ownerUin: string, uin: string): Promise<NewKey> {
  return directory.change((state) => {
    const home = directory.home(ownerUin, state);
    if (uin !== ownerUin && !home.users.has(uin)) throw new DirectoryError('NotFound', `There is no user ${uin}.`);
    if (pairsOf(home, uin).length >= DIRECTORY_LIMITS.keys) {
      throw new DirectoryError('Limit', `There are at most ${DIRECTORY_LIMITS.keys} key pairs: delete one first.`);
    }
    const { secretId, secretKey } = newPair(directory);
    const facts: KeyFacts = { secretId, ownerUin, uin, enabled: true, createdMs: directory.clock.nowMs() };
    const sealed = directory.sealer.seal(Buffer.from(secretKey, 'latin1'), Buffer.from(secretId, 'latin1'));
    return { puts: [{ kind: 'key', record: { ...facts, sealed } }], result: { ...facts, secretKey } };
  });
}

function pairsOf(home: Home, uin: string): KeyRecord[] {
  return [...home.keys.values()].filter((key) => key.uin === uin);
}

/** Key pairs of an account in the order of their SecretIds, with the first account's own. @throws DirectoryError NotFound */
export function listKeys(directory: Directory, ownerUin: string): KeyFacts[] {
  const { keys } = directory.home(ownerUin);
  const facts: KeyFacts[] = [...keys.values()].map(({ sealed: _, ...rest }) => rest);
  const { uin, secretId } = directory.operator;
  if (ownerUin === uin && !keys.has(secretId)) facts.push({ secretId, ownerUin, uin, enabled: true, createdMs: 0 });
  return facts.sort((a, b) => (a.secretId < b.secretId ? -1 : 1));
}

/** @throws DirectoryError NotFound; Invalid for the first account's own pair */
export function setKeyEnabled(
  directory: Directory,
  ownerUin: string,
  secretId: string,
  enabled: boolean,
): Promise<KeyFacts> {
  return directory.change((state) => {
    const before = pair(directory, directory.home(ownerUin, state), secretId);
    const record = { ...before, enabled };
    const { sealed: _, ...facts } = record;
    return { puts: before.enabled === enabled ? [] : [{ kind: 'key', record }], result: facts };
  });
}

/** @throws as `setKeyEnabled` */
export function deleteKey(directory: Directory, ownerUin: string, secretId: string): Promise<void> {
  return directory.change((state) => {
    const record = pair(directory, directory.home(ownerUin, state), secretId);
    return { deletes: [{ kind: 'key', record }], result: undefined };
  });
}

function pair({ operator }: Directory, home: Home, secretId: string): KeyRecord {
  const key = home.keys.get(secretId);
  if (key !== undefined) return key;
  if (operator.secretId === secretId && operator.uin === home.account.uin) {
    throw invalid('This is the pair of the data folder or of the settings: change it there.');
  }
  throw new DirectoryError('NotFound', `There is no key pair ${JSON.stringify(secretId.slice(0, 80))}.`);
}
