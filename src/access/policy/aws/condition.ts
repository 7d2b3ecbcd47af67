/** Conditions of an AWS policy, compiled. Source: spec/s3.md §9; the evaluation rules of the language. */
import type { Identity } from '../../identity.ts';
import { PolicyError } from '../error.ts';
import { operatorOf } from '../operators.ts';
import type { PolicyRequest } from '../types.ts';
import { compileGlob } from './glob.ts';
import { isAwsKey, valuesOfAws } from './keys.ts';
import { compileVariables } from './variables.ts';

export type AwsConditionTest = (request: PolicyRequest) => boolean;

const RESTRICTING = /^(?:stringequals|stringlike|arnequals|arnlike|ipaddress)$/;
/** Conditions on these make a policy for everybody one that is not public. */
const FIXED: ReadonlySet<string> = new Set([
  'aws:sourceip',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:userid',
  'aws:username',
]);

/** Whether a condition leaves known addresses or principals alone. */
export function restricts(operator: string, key: string, operands: readonly string[]): boolean {
  if (!RESTRICTING.test(operator.toLowerCase()) || !FIXED.has(key.toLowerCase())) return false;
  return operands.every((operand) => operand !== '*' && !/\/0$/.test(operand));
}

interface Operator {
  readonly negative: boolean;
  /** @returns undefined for operands that are not of its kind */
  readonly compile: (operands: readonly string[]) => ((value: string, identity: Identity) => boolean) | undefined;
}

const globs: Operator['compile'] = (operands) => {
  const tests = operands.map((operand) => compileVariables(operand, compileGlob));
  return (value, identity) => tests.some((test) => test(identity)?.(value) === true);
};

const literals =
  (fold: (text: string) => string): Operator['compile'] =>
  (operands) => {
    const tests = operands.map((operand) => compileVariables(operand, fold));
    return (value, identity) => tests.some((test) => test(identity) === fold(value));
  };

/** Operators that both languages have. */
const native =
  (name: string): Operator['compile'] =>
  (operands) => {
    const fits = operatorOf(name)!.compile(operands);
    return fits === undefined ? undefined : (value, identity) => fits(value, identity) === true;
  };

const same = (text: string): string => text;
const folded = (text: string): string => text.toLowerCase();
const pair = (name: string, not: string, compile: Operator['compile']): [string, Operator][] => [
  [name, { negative: false, compile }],
  [not, { negative: true, compile }],
];
const alone = (name: string, compile: Operator['compile']): [string, Operator] => [name, { negative: false, compile }];

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ...pair('stringequals', 'stringnotequals', literals(same)),
  ...pair('stringequalsignorecase', 'stringnotequalsignorecase', literals(folded)),
  ...pair('stringlike', 'stringnotlike', globs),
  ...pair('arnequals', 'arnnotequals', globs),
  ...pair('arnlike', 'arnnotlike', globs),
  ...pair('ipaddress', 'notipaddress', native('ip_equal')),
  ...pair('numericequals', 'numericnotequals', native('numeric_equal')),
  alone('numericlessthan', native('numeric_less_than')),
  alone('numericlessthanequals', native('numeric_less_than_equal')),
  alone('numericgreaterthan', native('numeric_greater_than')),
  alone('numericgreaterthanequals', native('numeric_greater_than_equal')),
  ...pair('dateequals', 'datenotequals', native('date_equal')),
  alone('datelessthan', native('date_less_than')),
  alone('datelessthanequals', native('date_less_than_equal')),
  alone('dategreaterthan', native('date_greater_than')),
  alone('dategreaterthanequals', native('date_greater_than_equal')),
  alone('bool', native('bool_equal')),
  alone('binaryequals', native('binary_equal')),
]);

const NAME = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/;
/** Characters: no key, type or class that can be is longer. */
const MAX_VALUE = 1_024;

/**
 * Operators and keys that are not known are errors: taken as never true they would turn a deny into nothing.
 * @throws PolicyError
 */
export function compileAwsCondition(
  operatorText: string,
  key: string,
  operands: readonly string[],
  effect: 'allow' | 'deny',
  where: string,
): AwsConditionTest {
  const [, quantifier, name = '', ifExists] = NAME.exec(operatorText.toLowerCase()) ?? [];
  const lowerKey = key.toLowerCase();
  if (!isAwsKey(lowerKey)) throw new PolicyError(`${where}: the condition key ${key.slice(0, 100)} is not known.`);
  // The key of a tag counts with its case.
  const slash = key.indexOf('/');
  const asked = slash < 0 ? lowerKey : lowerKey.slice(0, slash) + key.slice(slash);
  if (name === 'null') return nullTest(asked, operands, where);
  const operator = OPERATORS.get(name);
  if (operator === undefined) {
    throw new PolicyError(`${where}: the condition operator ${operatorText.slice(0, 100)} is not known.`);
  }
  const fits = operator.compile(operands);
  if (fits === undefined) {
    throw new PolicyError(`${where}: condition ${operatorText.slice(0, 100)} has a value of another kind.`);
  }
  const { negative } = operator;
  const all = quantifier === 'forallvalues' || (quantifier === undefined && negative);
  return (request) => {
    const values = valuesOfAws(asked, request);
    if (values === undefined)
      return ifExists !== undefined || quantifier === 'forallvalues' || (negative && quantifier === undefined);
    if (values.some((value) => value.length > MAX_VALUE)) return effect === 'deny';
    const holds = (value: string) => fits(value, request.identity) !== negative;
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
