/** Policy texts, compiled for evaluation or written as GET ?policy shows them. Source: spec/access.md §4, §8. */

import { compileActions } from './action.ts';
import { compileAwsPolicy, isAwsPolicy } from './aws/compile.ts';
import { compileCondition } from './condition.ts';
import {
  element,
  type JsonObject,
  readConditions,
  readDocument,
  readEffect,
  readId,
  readPolicyObject,
  readPrincipals,
  readTexts,
} from './document.ts';
import { oncePerRequest } from './once-per-request.ts';
import { ANYBODY, compilePrincipals } from './principal.ts';
import { compileResources } from './resource.ts';
import type { CompiledPolicy, CompiledStatement } from './types.ts';

export { POLICY_LIMITS } from './document.ts';
export { PolicyError } from './error.ts';

export interface PolicyContext {
  /** Only bucket policies have principals; in the others they are ignored. */
  readonly use: 'bucket' | 'user' | 'session';
  /** Shown to administrators: `bucket policy`, `user policy uploads`. */
  readonly label: string;
  /** Of the account whose policy it is: the one meant where a resource names none. */
  readonly ownerAppid: string;
  readonly ownerUin: string;
  /** Full name of the bucket, where a policy is to be refused that speaks of another one. */
  readonly bucket?: string;
}

/**
 * Checks the shape alone: actions, resources and principals that do not exist are fine and match nothing.
 * @param text JSON, at most `POLICY_LIMITS.textBytes` bytes
 * @throws PolicyError
 */
export function compilePolicy(text: string, context: PolicyContext): CompiledPolicy {
  if (isAwsPolicy(readPolicyObject(text))) return compileAwsPolicy(text, context);
  const document = readDocument(text);
  const statements = document.statements.map((statement, index) =>
    compileStatement(statement, index, document.principal, context),
  );
  return { label: context.label, statements };
}

function compileStatement(
  statement: JsonObject,
  index: number,
  topPrincipal: unknown,
  context: PolicyContext,
): CompiledStatement {
  const where = `statement ${index + 1}`;
  const effect = readEffect(statement, where);
  const named = compileActions(readTexts(statement, 'action', where));
  const located = compileResources(readTexts(statement, 'resource', where), context.ownerAppid);
  const conditions = readConditions(statement, where);
  const hold = oncePerRequest(conditions.map((source) => compileCondition(source, effect, where)));
  const own = element(statement, 'principal', where);
  const principal = () => readPrincipals(own === undefined ? topPrincipal : own, where);
  return {
    effect,
    id: readId(statement, index),
    names: context.use === 'bucket' ? compilePrincipals(principal()) : ANYBODY,
    restricted: conditions.some(
      ({ operator, key, values }) =>
        operator === 'ip_equal' && key === 'qcs:ip' && !values.some((value) => value.endsWith('/0')),
    ),
    covers: (request) =>
      named(request.actions) && located(request.resource, request.identity) && (hold === undefined || hold(request)),
  };
}

/**
 * The text that GET ?policy returns: one of AWS as it was put; one of CAM with `Statement` and `version` at the top, the
 * statements with the keys they were written with, and the principal of the document in each that has none.
 * @throws PolicyError
 */
export function normalisePolicy(text: string): string {
  if (isAwsPolicy(readPolicyObject(text))) return text;
  const { top, statements, principal } = readDocument(text);
  const others = Object.entries(top).filter(([name]) => !/^(?:[Vv]ersion|[Ss]tatement|[Pp]rincipal)$/.test(name));
  const name = Object.hasOwn(top, 'Principal') ? 'Principal' : 'principal';
  const own = (statement: JsonObject, index: number) =>
    principal === undefined || element(statement, 'principal', `statement ${index + 1}`) !== undefined
      ? statement
      : { ...statement, [name]: principal };
  return JSON.stringify(Object.fromEntries([['Statement', statements.map(own)], ...others, ['version', '2.0']]));
}
