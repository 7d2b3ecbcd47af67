/** Whether a signed request leaves out of its signature what a rule wants in it. Source: spec/protocol.md §16. */
import { EXEMPT_ACTIONS, type StrictRules } from './rules.ts';

/** What a request brings, and what of it is signed. */
export interface SignedNames {
  /** Of the headers that are there and can be signed, lower case. */
  readonly headers: readonly string[];
  /** Of the parameters that are there and can be signed, lower case. */
  readonly params: readonly string[];
  signsHeader(name: string): boolean;
  signsParam(name: string): boolean;
}

export interface Unsigned {
  readonly kind: 'header' | 'param';
  /** Of the rule that wants it. */
  readonly rule: string;
  readonly name: string;
}

const ALL_PARAMS = 'all';

/**
 * The first thing that is missing; headers before parameters. What the request does not bring need not be signed.
 * @param action without prefix
 */
export function firstUnsigned(rules: StrictRules, action: string, request: SignedNames): Unsigned | undefined {
  if (EXEMPT_ACTIONS.has(action)) return undefined;
  for (const { id, actions, headers, params } of rules) {
    if (!actions.some((pattern) => matches(pattern, action))) continue;
    const wanted = headers.map((name) => name.toLowerCase());
    const header = request.headers.find(
      (name) => wanted.some((pattern) => matches(pattern, name)) && !request.signsHeader(name),
    );
    if (header !== undefined) return { kind: 'header', rule: id, name: header };
    const named = new Set(params.map((name) => name.toLowerCase()));
    const all = named.has(ALL_PARAMS);
    const param = request.params.find((name) => (all || named.has(name)) && !request.signsParam(name));
    if (param !== undefined) return { kind: 'param', rule: id, name: param };
  }
  return undefined;
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
