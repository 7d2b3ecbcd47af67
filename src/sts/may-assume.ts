/**
 * Whether somebody may assume a role: the role trusts them, and the policy of a session does not stand against it. Such
 * policies speak of buckets, and a key that may upload below one prefix must not become a role: only a statement that
 * says so without conditions and for every resource counts, and any that denies it or may mean to.
 */
import { trusts } from '../access/directory/trust.ts';
import type { Role } from '../access/directory/types.ts';
import type { SignedIdentity } from '../access/identity.ts';
import type { SessionTokens } from '../access/sessions.ts';
import { member, members } from './policy-parameter.ts';

const NAMES = ['name/sts:assumerole', 'sts:assumerole'];

export function mayAssume(role: Pick<Role, 'trust'>, caller: SignedIdentity, tokens: SessionTokens): boolean {
  const policyText = tokens.policyTextOf(caller);
  return trusts(role, caller) && (policyText === undefined || policyAllowsAssuming(policyText));
}

/** @param policyText JSON of a session's policy */
export function policyAllowsAssuming(policyText: string): boolean {
  const statements = members(member(JSON.parse(policyText), 'statement'));
  const effectOf = (statement: unknown) => String(member(statement, 'effect')).trim().toLowerCase();
  return !statements.some((each) => effectOf(each) !== 'allow' && mayName(each)) && statements.some(allows);
}

function allows(statement: unknown): boolean {
  return (
    member(statement, 'notAction') === undefined &&
    member(statement, 'condition') === undefined &&
    actionsOf(statement).some(isAssuming) &&
    members(member(statement, 'resource')).includes('*')
  );
}

/** A pattern with more behind its first wildcard is taken for what it may mean. */
function mayName(statement: unknown): boolean {
  if (member(statement, 'notAction') !== undefined) return true;
  return actionsOf(statement).some((action) => {
    const wild = action.search(/[*?]/);
    return isAssuming(wild < 0 ? action : `${action.slice(0, wild)}*`);
  });
}

function actionsOf(statement: unknown): readonly string[] {
  return members(member(statement, 'action')).flatMap((each) =>
    typeof each === 'string' ? [each.trim().toLowerCase()] : [],
  );
}

/** Whether an action names it; `*` at the end stands for anything. */
function isAssuming(action: string): boolean {
  return action.endsWith('*') ? NAMES.some((name) => name.startsWith(action.slice(0, -1))) : NAMES.includes(action);
}
