/** Rows of the directory under keyspace `i`: one an entry. The letter after it says the kind. */
import { identityKey } from '../../model/keys.ts';
import { pack, unpack } from '../../model/records/pack.ts';
import type { Account, Group, KeyRecord, Policy, Role, User } from './types.ts';

export type Entry =
  | { readonly kind: 'account'; readonly record: Account }
  | { readonly kind: 'user'; readonly record: User }
  | { readonly kind: 'group'; readonly record: Group }
  | { readonly kind: 'role'; readonly record: Role }
  | { readonly kind: 'policy'; readonly record: Policy }
  | { readonly kind: 'key'; readonly record: KeyRecord };

const FORMAT = 1;
const LETTERS = { account: 'a', user: 'u', group: 'g', role: 'r', policy: 'p', key: 'k' } as const;
const KINDS = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter.charCodeAt(0), kind as Entry['kind']]));

export function rowKeyOf(entry: Entry): Buffer {
  return identityKey(LETTERS[entry.kind], ...idOf(entry));
}

function idOf({ kind, record }: Entry): [ownerUin: string, id: string] {
  switch (kind) {
    case 'account':
      return [record.uin, ''];
    case 'user':
      return [record.ownerUin, record.uin];
    case 'group':
    case 'role':
      return [record.ownerUin, record.id];
    case 'policy':
      return [record.ownerUin, record.name];
    case 'key':
      return [record.ownerUin, record.secretId];
  }
}

export function packEntry({ kind, record: r }: Entry): Buffer {
  switch (kind) {
    case 'account':
      return pack([FORMAT, r.uin, r.appid, r.name, r.createdMs]);
    case 'user':
      return pack([FORMAT, r.ownerUin, r.uin, r.name, r.groups, r.policies, r.disabled, r.createdMs]);
    case 'group':
      return pack([FORMAT, r.ownerUin, r.id, r.name, r.policies, r.createdMs]);
    case 'role':
      return pack([FORMAT, r.ownerUin, r.id, r.name, r.trust, r.policies, r.maxSessionS, r.createdMs]);
    case 'policy':
      return pack([FORMAT, r.ownerUin, r.name, r.text, r.updatedMs]);
    case 'key':
      return pack([FORMAT, r.ownerUin, r.secretId, r.uin, r.sealed, r.enabled, r.createdMs]);
  }
}

/** @returns undefined for a kind that a later release added */
export function unpackEntry(rowKey: Buffer, value: Buffer): Entry | undefined {
  const kind = KINDS.get(rowKey[1] ?? 0);
  const f = unpack(value);
  const text = (at: number) => f[at] as string;
  const list = (at: number) => f[at] as string[];
  const number = (at: number) => f[at] as number;
  const flag = (at: number) => f[at] as boolean;
  switch (kind) {
    case 'account':
      return { kind, record: { uin: text(1), appid: text(2), name: text(3), createdMs: number(4) } };
    case 'user': {
      const own = { ownerUin: text(1), uin: text(2), name: text(3), groups: list(4), policies: list(5) };
      return { kind, record: { ...own, disabled: flag(6), createdMs: number(7) } };
    }
    case 'group': {
      const own = { ownerUin: text(1), id: text(2), name: text(3), policies: list(4), createdMs: number(5) };
      return { kind, record: own };
    }
    case 'role': {
      const own = { ownerUin: text(1), id: text(2), name: text(3), trust: list(4), policies: list(5) };
      return { kind, record: { ...own, maxSessionS: number(6), createdMs: number(7) } };
    }
    case 'policy':
      return { kind, record: { ownerUin: text(1), name: text(2), text: text(3), updatedMs: number(4) } };
    case 'key': {
      const own = { ownerUin: text(1), secretId: text(2), uin: text(3), sealed: Buffer.from(f[4] as Uint8Array) };
      return { kind, record: { ...own, enabled: flag(5), createdMs: number(6) } };
    }
    default:
      return undefined;
  }
}
