/** Whom a statement of an AWS policy names. Source: spec/s3.md §9. */
import type { Identity } from '../../identity.ts';
import { readTextList } from '../document.ts';
import { PolicyError } from '../error.ts';
import type { PrincipalTest } from '../types.ts';

const ARN = /^arn:aws[a-z-]*:(?:iam|sts)::([^:]*):(.+)$/;
const ACCOUNT = /^\d{5,20}$/;
const KINDS: ReadonlySet<string> = new Set(['AWS', 'CanonicalUser', 'Federated', 'Service']);
const CANONICAL = /^qcs::cam::uin\/(\d{1,32}):uin\/(\d{1,32})$/;

/**
 * Accounts are named by their UIN or APPID. Spellings that name nobody known here (services, federations) are no error.
 * What is denied to an account is denied to all its users and roles, what is denied to everybody to the owner too; what
 * an account is allowed reaches them through their own policies.
 * @throws PolicyError for what has no form
 */
export function compileAwsPrincipals(value: unknown, effect: 'allow' | 'deny', where: string): PrincipalTest {
  const named = new Set<string>();
  let everyone = false;
  const add = (text: string): void => {
    if (text === '*') everyone = true;
    else for (const name of namesIn(text, where)) named.add(name);
  };
  if (value === '*') everyone = true;
  else if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PolicyError(`${where}: Principal is neither "*" nor an object.`);
  } else {
    const kinds = Object.entries(value);
    if (kinds.length === 0) throw new PolicyError(`${where}: Principal is empty.`);
    for (const [kind, listed] of kinds) {
      if (!KINDS.has(kind)) throw new PolicyError(`${where}: Principal ${kind.slice(0, 64)} is not known.`);
      const texts = readTextList(listed, `${where}: Principal ${kind}`);
      if (kind === 'AWS' || kind === 'CanonicalUser') texts.forEach(add);
    }
  }
  const itself = (identity: Identity) => named.size > 0 && spellings(identity).some((name) => named.has(name));
  const account = (identity: Identity) =>
    named.size > 0 && accounts(identity).some((name) => named.has(`${name} root`));
  if (effect === 'allow') return { everyone, identity: itself, account };
  return { everyone, identity: (identity) => everyone || itself(identity) || account(identity), account };
}

function namesIn(text: string, where: string): string[] {
  if (ACCOUNT.test(text)) return [`${text} root`];
  const [, owner, own] = CANONICAL.exec(text) ?? [];
  if (owner !== undefined) return [owner === own ? `${owner} root` : `${owner} uin ${own}`];
  const [, account, path = ''] = ARN.exec(text) ?? [];
  // A part of a name is none: `user/*` would name nobody, and a deny would be lost.
  if (account === undefined || /[*?]/.test(text)) {
    throw new PolicyError(`${where}: the principal ${text.slice(0, 100)} has no form.`);
  }
  if (path === 'root') return [`${account} root`];
  const [kind = '', ...rest] = path.split('/');
  // Users and roles may have a path in front of their names.
  const name = rest.at(-1) ?? '';
  if (kind === 'user') return [`${account} user ${name}`];
  if (kind === 'role') return [`${account} role ${name}`];
  return kind === 'assumed-role' ? [`${account} role ${rest[0] ?? ''}`] : [];
}

const accounts = (identity: Identity): readonly string[] =>
  identity.kind === 'anonymous' ? [] : [identity.ownerUin, identity.appid];

/** Identities live as long as what is known of their keys. */
const made = new WeakMap<Identity, readonly string[]>();

function spellings(identity: Identity): readonly string[] {
  let known = made.get(identity);
  if (known === undefined) {
    known = accounts(identity).flatMap((account) => ownNames(identity, account));
    made.set(identity, known);
  }
  return known;
}

function ownNames(identity: Identity, account: string): string[] {
  switch (identity.kind) {
    case 'anonymous':
      return [];
    case 'root':
      return [`${account} root`];
    case 'user':
      return [`${account} user ${identity.name}`, `${account} uin ${identity.uin}`];
    case 'role':
      return [`${account} role ${identity.name}`, `${account} role ${identity.uin}`];
  }
}
