/**
 * Whether a session's own policy lets it assume a role. Such policies speak of buckets, and a key that may upload below
 * one prefix must not become a role: only a statement that says so without conditions and for every resource counts,
 * and any that denies it.
 */
import { member, members } from './policy-parameter.ts';

const NAMES = ['name/sts:AssumeRole', 'sts:AssumeRole'];

/** @param policyText JSON of a session's policy */
export function policyAllowsAssuming(policyText: string): boolean {
  const statements = members(member(JSON.parse(policyText), 'statement'));
  const about = statements.filter((statement) => members(member(statement, 'action')).some(isAssuming));
  const effectOf = (statement: unknown) => String(member(statement, 'effect')).trim().toLowerCase();
  if (about.some((statement) => effectOf(statement) !== 'allow')) return false;
  return about.some(
    (statement) => member(statement, 'condition') === undefined && members(member(statement, 'resource')).includes('*'),
  );
}

/** Whether an action names it; `*` at the end stands for anything. */
function isAssuming(action: unknown): boolean {
  if (typeof action !== 'string') return false;
  const star = action.indexOf('*');
  if (star < 0) return NAMES.includes(action);
  // A pattern with more behind its first star is taken for what it may mean: allowing needs more than that.
  return NAMES.some((name) => name.startsWith(action.slice(0, star)));
}
