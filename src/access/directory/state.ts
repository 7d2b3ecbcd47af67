/** The directory as one process sees it: entries of the rows, arranged for look-ups. Built anew for each change. */
import type { AccessKey, SignedIdentity } from '../identity.ts';
import { rootIdentity } from '../key-file.ts';
import type { CompiledPolicy } from '../policy/types.ts';
import type { Sealer } from '../secrets.ts';
import type { PolicyCache, PolicyRound } from './policy-cache.ts';
import type { Entry } from './records.ts';
import type { Account, Group, KeyRecord, Policy, Role, User } from './types.ts';

export interface LoadedRow {
  readonly version: number;
  readonly entry: Entry;
  /** Of a key pair; undefined where the seal does not open. */
  readonly secretKey?: string | undefined;
}

/** An account with what belongs to it. */
export interface Home {
  readonly account: Account;
  readonly users: Map<string, User>;
  readonly groups: Map<string, Group>;
  readonly roles: Map<string, Role>;
  readonly policies: Map<string, Policy>;
  /** By SecretId; without the first account's own pair. */
  readonly keys: Map<string, KeyRecord>;
}

/** The first account: it has no row. */
export interface Operator {
  readonly appid: string;
  readonly uin: string;
  readonly secretId: string;
  readonly secretKey: string;
}

export interface DirectoryState {
  /** Version of the row that every change writes; 0 before the first. */
  readonly generation: number;
  readonly rows: ReadonlyMap<string, LoadedRow>;
  readonly homes: ReadonlyMap<string, Home>;
  readonly byAppid: ReadonlyMap<string, Account>;
  /** Roots, enabled users and roles by `owner/uin`; without a SecretId. */
  readonly identities: ReadonlyMap<string, SignedIdentity>;
  readonly keys: ReadonlyMap<string, AccessKey>;
  /** What an operator should hear about; no secrets. */
  readonly notes: readonly string[];
}

export const OPERATOR_NAME = 'operator';

export function buildState(
  generation: number,
  rows: ReadonlyMap<string, LoadedRow>,
  operator: Operator,
  policies: PolicyCache,
): DirectoryState {
  const notes: string[] = [];
  const homes = new Map<string, Home>();
  const byAppid = new Map<string, Account>();
  const addAccount = (account: Account): void => {
    homes.set(account.uin, {
      account,
      ...{ users: new Map(), groups: new Map(), roles: new Map(), policies: new Map(), keys: new Map() },
    });
    byAppid.set(account.appid, account);
  };
  addAccount({ uin: operator.uin, appid: operator.appid, name: OPERATOR_NAME, createdMs: 0 });
  for (const { entry } of rows.values()) {
    if (entry.kind !== 'account') continue;
    const { uin, appid } = entry.record;
    // Only where the first account was configured anew: it wins.
    if (homes.has(uin) || byAppid.has(appid))
      notes.push(`account ${uin} (APPID ${appid}) is hidden by the first account`);
    else addAccount(entry.record);
  }
  for (const { entry } of rows.values()) place(entry, homes);
  const round = policies.round();
  const identities = new Map<string, SignedIdentity>();
  for (const home of homes.values()) addIdentities(home, round, identities);
  round.end();
  const keys = new Map<string, AccessKey>();
  let unreadable = 0;
  for (const { entry, secretKey } of rows.values()) {
    if (entry.kind !== 'key' || !homes.get(entry.record.ownerUin)?.keys.has(entry.record.secretId)) continue;
    if (secretKey === undefined) unreadable++;
    else addKey(entry.record, secretKey, identities, homes, keys);
  }
  if (unreadable > 0)
    notes.push(`${unreadable} stored key pairs cannot be read: secret.key is not the one they were sealed with`);
  const { secretId, secretKey } = operator;
  const identity = { ...identities.get(`${operator.uin}/${operator.uin}`)!, secretId };
  keys.set(secretId, { secretId, secretKey, enabled: true, identity });
  return { generation, rows, homes, byAppid, identities, keys, notes };
}

function place(entry: Entry, homes: ReadonlyMap<string, Home>): void {
  if (entry.kind === 'account') return;
  // Of an account that is hidden or gone: kept, and of no effect.
  const home = homes.get(entry.record.ownerUin);
  if (home === undefined) return;
  switch (entry.kind) {
    case 'user':
      home.users.set(entry.record.uin, entry.record);
      break;
    case 'group':
      home.groups.set(entry.record.id, entry.record);
      break;
    case 'role':
      home.roles.set(entry.record.id, entry.record);
      break;
    case 'policy':
      home.policies.set(entry.record.name, entry.record);
      break;
    case 'key':
      home.keys.set(entry.record.secretId, entry.record);
  }
}

function addIdentities(home: Home, round: PolicyRound, to: Map<string, SignedIdentity>): void {
  const { uin: ownerUin, appid } = home.account;
  const compiled = (names: Iterable<string>): CompiledPolicy[] =>
    [...new Set(names)].map((name) => round.policy(home.account, name, home.policies.get(name)?.text));
  const common = { appid, ownerUin, secretId: '' };
  to.set(`${ownerUin}/${ownerUin}`, rootIdentity({ appid, uin: ownerUin, secretId: '' }));
  for (const { uin, name, policies, groups, disabled } of home.users.values()) {
    if (disabled) continue;
    const ofGroups = groups.flatMap((id) => home.groups.get(id)?.policies ?? []);
    to.set(`${ownerUin}/${uin}`, {
      kind: 'user',
      ...common,
      uin,
      name,
      policies: compiled([...policies, ...ofGroups]),
    });
  }
  for (const { id, name, policies } of home.roles.values()) {
    to.set(`${ownerUin}/${id}`, { kind: 'role', ...common, uin: id, name, policies: compiled(policies) });
  }
}

function addKey(
  key: KeyRecord,
  secretKey: string,
  identities: ReadonlyMap<string, SignedIdentity>,
  homes: ReadonlyMap<string, Home>,
  to: Map<string, AccessKey>,
): void {
  const { secretId, ownerUin, uin } = key;
  const identity = identities.get(`${ownerUin}/${uin}`);
  if (identity !== undefined) {
    to.set(secretId, { secretId, secretKey, enabled: key.enabled, identity: { ...identity, secretId } });
    return;
  }
  const home = homes.get(ownerUin);
  const user = home?.users.get(uin);
  if (home === undefined || user === undefined) return;
  const common = { appid: home.account.appid, ownerUin, uin, name: user.name, secretId, policies: [] };
  to.set(secretId, { secretId, secretKey, enabled: false, identity: { kind: 'user', ...common } });
}

/** @returns undefined where it was sealed with another secret, or for another SecretId */
export function openSecretKey(sealer: Sealer, key: KeyRecord): string | undefined {
  return sealer.open(key.sealed, Buffer.from(key.secretId, 'latin1'))?.toString('latin1');
}
