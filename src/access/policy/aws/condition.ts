/** Conditions of an AWS policy, compiled. Source: spec/s3.md §9; the evaluation rules of the language. */
import { PolicyError } from '../error.ts';
import type { PolicyRequest } from '../types.ts';
import { factKey, isAwsKey, isSpelled, valuesOfAws } from './keys.ts';
import { awsOperatorOf } from './operators.ts';
import type { Language } from './template.ts';

export type AwsConditionTest = (request: PolicyRequest) => boolean;

const RESTRICTING = /^(?:stringequals|stringlike|arnequals|arnlike|ipaddress)$/;
/** Conditions on these make a policy for everybody one that is not public. */
const FIXED: ReadonlySet<string> = new Set([
  'aws:sourceip',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'aws:username',
]);
/** Addresses that are half of the world. */
const WIDE = /^[^:]*\/[0-7]$|:.*\/(?:[12]?\d|3[01])$/;

/** Whether a condition leaves known addresses or principals alone. */
export function restricts(operator: string, key: string, operands: readonly string[]): boolean {
  if (!RESTRICTING.test(operator.toLowerCase()) || !FIXED.has(key.toLowerCase())) return false;
  const isWide = key.toLowerCase() === 'aws:sourceip' ? WIDE : /[*?]|\$\{/;
  return operands.every((operand) => !isWide.test(operand));
}

const NAME = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/s;
/** Characters: no key, type or class that can be is longer. */
const MAX_VALUE = 1_024;

/**
 * Operators, keys and variables that are not known are errors: taken as never true they would turn a deny into nothing.
 * A value that cannot be compared counts for what is denied, never for what is allowed.
 * @throws PolicyError
 */
export function compileAwsCondition(
  operatorText: string,
  key: string,
  operands: readonly string[],
  effect: 'allow' | 'deny',
  language: Language,
  where: string,
): AwsConditionTest {
  const folded = operatorText.toLowerCase();
  if (!isAwsKey(key)) throw new PolicyError(`${where}: the condition key ${key.slice(0, 100)} is not known.`);
  const asked = factKey(key);
  if (folded === 'null') return nullTest(asked, operands, where);
  const [, quantifier, name = '', ifExists] = NAME.exec(folded) ?? [];
  const operator = awsOperatorOf(name);
  if (operator === undefined) {
    throw new PolicyError(`${where}: the condition operator ${operatorText.slice(0, 100)} is not known.`);
  }
  const fits = operator.compile(operands, language, where);
  if (fits === undefined) {
    throw new PolicyError(`${where}: condition ${operatorText.slice(0, 100)} has a value of another kind.`);
  }
  const { negative } = operator;
  // Without a quantifier a value among several suffices, and none of them may be what `Not` excludes.
  const all = isSpelled(asked) || quantifier === undefined ? negative : quantifier === 'forallvalues';
  const absent = ifExists !== undefined || quantifier === 'forallvalues' || (negative && quantifier === undefined);
  return (request) => {
    const values = valuesOfAws(asked, request);
    if (values === undefined) return absent;
    if (values.some((value) => value.length > MAX_VALUE)) return effect === 'deny';
    const holds = (value: string): boolean => {
      const fit = fits(value, request);
      return fit === undefined ? effect === 'deny' : fit !== negative;
    };
    return all ? values.every(holds) : values.some(holds);
  };
}

function nullTest(key: string, operands: readonly string[], where: string): AwsConditionTest {
  const wanted = operands.map((value) => value.toLowerCase());
  if (!wanted.every((value): boolean => value === 'true' || value === 'false')) {
    throw new PolicyError(`${where}: condition Null is neither true nor false.`);
  }
  return (request) => wanted.includes(String(valuesOfAws(key, request) === undefined));
}
