/** Whom a statement of an AWS policy names. Source: spec/s3.md §9. */
import type { Identity } from '../../identity.ts';
import { PolicyError } from '../error.ts';
import type { PrincipalTest } from '../types.ts';

const ARN = /^arn:aws[a-z-]*:(?:iam|sts)::([^:]*):(.+)$/;
const ACCOUNT = /^\d{5,20}$/;
const CANONICAL = /^qcs::cam::uin\/(\d{1,32}):uin\/(\d{1,32})$/;

/**
 * Accounts are named by their UIN or APPID. Spellings that name nobody known here (services, federations) are no error.
 * @throws PolicyError for what has no form
 */
export function compileAwsPrincipals(value: unknown, where: string): PrincipalTest {
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
    for (const [kind, listed] of Object.entries(value)) {
      const texts: unknown[] = Array.isArray(listed) ? listed : [listed];
      if (texts.length === 0) throw new PolicyError(`${where}: Principal ${kind} is empty.`);
      for (const text of texts) {
        if (typeof text !== 'string') throw new PolicyError(`${where}: Principal ${kind} is no text.`);
        if (kind === 'AWS' || kind === 'CanonicalUser') add(text);
      }
    }
  }
  return {
    everyone,
    identity: (identity) => named.size > 0 && spellings(identity).some((name) => named.has(name)),
    account: (identity) => named.size > 0 && accounts(identity).some((name) => named.has(`${name} root`)),
  };
}

function namesIn(text: string, where: string): string[] {
  if (ACCOUNT.test(text)) return [`${text} root`];
  const [, owner, own] = CANONICAL.exec(text) ?? [];
  if (owner !== undefined) return [owner === own ? `${owner} root` : `${owner} uin ${own}`];
  const [, account, path = ''] = ARN.exec(text) ?? [];
  if (account === undefined) throw new PolicyError(`${where}: the principal ${text.slice(0, 100)} has no form.`);
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
