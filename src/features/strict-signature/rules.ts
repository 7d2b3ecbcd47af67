/**
 * What requests to a bucket have to sign: the shape of the rules, what they must be like, and their row.
 * Source: spec/protocol.md §16, spec/buckets.md §27.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export interface StrictRule {
  readonly id: string;
  /** Actions without prefix, or what they begin with and a `*`. */
  readonly actions: readonly string[];
  /** Names of headers in any case, or what they begin with and a `*`. */
  readonly headers: readonly string[];
  /** Names of query parameters in any case; `all` for every one. */
  readonly params: readonly string[];
}

/** Order and case are kept. */
export type StrictRules = readonly StrictRule[];

const MAX_RULES = 10;
const MAX_ACTIONS = 200;
const MAX_HEADERS = 20;
const MAX_PARAMS = 20;

const NAME = /^[A-Za-z0-9._-]{1,255}$/;
const ACTION = /^(?:[A-Za-z0-9]{1,100}\*?|\*)$/;

/** No rule applies to these: a wildcard passes them over, and none may name them. */
export const EXEMPT_ACTIONS: ReadonlySet<string> = new Set([
  'CreateJob',
  'DeleteJob',
  'DescribeJob',
  'GetService',
  'ListJobs',
  'PostObject',
  'UpdateJobPriority',
  'UpdateJobStatus',
]);

/** Which headers may be named is the dialect's to say. @throws CosError InvalidArgument for values that no rule may have */
export function checkStrictRules(rules: StrictRules): void {
  if (rules.length > MAX_RULES) throw invalid(`There may be at most ${MAX_RULES} rules.`);
  for (const { id, actions, headers, params } of rules) {
    if (!NAME.test(id)) throw invalid('An ID has 1 to 255 letters, digits and - _ .');
    requireCount('action', actions, MAX_ACTIONS);
    requireCount('header', headers, MAX_HEADERS);
    requireCount('param', params, MAX_PARAMS);
    for (const action of actions) {
      if (!ACTION.test(action)) throw invalid(`${action} is not an action, or its beginning and a *.`);
      if (EXEMPT_ACTIONS.has(action)) throw invalid(`${action} cannot have a strict signature.`);
    }
    const param = params.find((name) => !NAME.test(name));
    if (param !== undefined) throw invalid(`${param} is not the name of a parameter.`);
  }
}

function requireCount(element: string, values: readonly string[], most: number): void {
  if (values.length > most) throw invalid(`A rule may have at most ${most} elements ${element}.`);
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}

type PackedRule = [id: string, actions: string[], headers: string[], params: string[]];

export const BUCKET_STRICT_SIGNATURE: BucketConfig<StrictRules> = {
  name: 'strict-signature',
  pack: (rules) => pack([1, rules.map(({ id, actions, headers, params }) => [id, actions, headers, params])]),
  unpack: (stored) =>
    (unpack(stored)[1] as PackedRule[]).map(([id, actions, headers, params]) => ({ id, actions, headers, params })),
};
