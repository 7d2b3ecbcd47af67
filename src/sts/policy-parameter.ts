/** The parameter `Policy`: JSON, URL-encoded as a value. Source: spec/access.md §9.1, §9.2. */
import type { SignedIdentity } from '../access/identity.ts';
import { PolicyError } from '../access/policy/error.ts';
import { compilePolicy } from '../access/policy/parse.ts';
import { MAX_POLICY, SURE_POLICY } from '../access/sessions.ts';
import { StsError } from './errors.ts';
import { given, type Parameters, urlDecoded } from './parameters.ts';

/** What the SDKs send where their user gave no policy. */
const NONE: ReadonlySet<string> = new Set(['undefined', 'null']);
const RESOURCE = /^(?:\*|qcs:[^:]*:[^:]*:[^:]*:[^:]*:.+)$/s;

/** @returns JSON text; undefined where there is none @throws StsError InvalidParameter.StrategyFormatError */
export function policyParameter(parameters: Parameters): string | undefined {
  const value = given(parameters, 'Policy')?.trim();
  if (value === undefined || value === '' || NONE.has(value)) return undefined;
  if (value.startsWith('{')) return value;
  try {
    return urlDecoded(value);
  } catch {
    throw new StsError('InvalidParameter.StrategyFormatError', 'The policy is not URL-encoded.');
  }
}

/**
 * @param actor whose rights the policy narrows
 * @throws StsError InvalidParameter.PolicyTooLong, .StrategyFormatError, .StrategyInvalid, .ResouceError
 */
export function checkPolicy(text: string, actor: Pick<SignedIdentity, 'appid' | 'ownerUin'>): void {
  if (Buffer.byteLength(text) > MAX_POLICY) throw policyTooLong();
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new StsError('InvalidParameter.StrategyFormatError', 'The policy is not valid JSON.');
  }
  try {
    compilePolicy(text, { use: 'session', label: 'policy', ownerAppid: actor.appid, ownerUin: actor.ownerUin });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new StsError('InvalidParameter.StrategyInvalid', `The policy is not valid: ${error.reason}`);
  }
  for (const statement of members(member(document, 'statement'))) {
    for (const resource of members(member(statement, 'resource'))) {
      if (typeof resource === 'string' && RESOURCE.test(resource.trim())) continue;
      throw new StsError('InvalidParameter.ResouceError', 'A resource must be * or qcs::cos:region:account:resource.');
    }
  }
}

export function policyTooLong(): StsError {
  return new StsError(
    'InvalidParameter.PolicyTooLong',
    `The policy does not fit into a token: up to ${SURE_POLICY} bytes always do, and up to ${MAX_POLICY} if they repeat themselves.`,
  );
}

/** A member whose first letter may be upper or lower. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  return entries.find(([key]) => key.slice(0, 1).toLowerCase() + key.slice(1) === name)?.[1];
}

/** One or a list of them. */
export function members(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
