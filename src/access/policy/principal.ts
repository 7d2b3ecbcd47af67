/** Whom a statement of a bucket policy names. Source: spec/access.md §1, §7. */
import type { Identity } from '../identity.ts';
import { withoutBlanks } from './document.ts';
import type { PrincipalTest } from './types.ts';

const EVERYONE = new Set(['*', 'qcs::cam::anyone:anyone', 'qcs::cam::anonymous:anonymous']);
const MEMBER = /^qcs::cam::uin\/([^:/]+):(?:(root)|(uin|role|roleName)\/(.+))$/;

/** User and session policies are about whom they are attached to. */
export const ANYBODY: PrincipalTest = { identity: () => true, account: () => true, everyone: true };

/** Spellings that name nobody known here (groups, cloud services, other accounts) are no error. */
export function compilePrincipals(sources: readonly string[]): PrincipalTest {
  const named = new Set<string>();
  let everyone = false;
  for (const source of sources) {
    const text = withoutBlanks(source);
    if (EVERYONE.has(text)) everyone = true;
    const [, owner, root, kind, id] = MEMBER.exec(text) ?? [];
    if (root !== undefined || (kind === 'uin' && id === owner)) named.add(`${owner} root`);
    else if (owner !== undefined) named.add(`${owner} ${kind} ${id}`);
  }
  return {
    everyone,
    identity: (identity) => named.size > 0 && namesOf(identity).own.some((name) => named.has(name)),
    account: (identity) => named.size > 0 && named.has(namesOf(identity).root),
  };
}

interface Names {
  readonly own: readonly string[];
  /** '' for the anonymous */
  readonly root: string;
}

/** Identities live as long as what is known of their keys. */
const made = new WeakMap<Identity, Names>();

function namesOf(identity: Identity): Names {
  const before = made.get(identity);
  if (before !== undefined) return before;
  const root = identity.kind === 'anonymous' ? '' : `${identity.ownerUin} root`;
  const names = { own: spellings(identity), root };
  made.set(identity, names);
  return names;
}

function spellings(identity: Identity): readonly string[] {
  switch (identity.kind) {
    case 'anonymous':
      return [];
    case 'root':
      return [`${identity.ownerUin} root`];
    case 'user':
      return [`${identity.ownerUin} uin ${identity.uin}`, `${identity.ownerUin} uin *`];
    case 'role':
      return [`${identity.ownerUin} role ${identity.uin}`, `${identity.ownerUin} roleName ${identity.name}`];
  }
}
