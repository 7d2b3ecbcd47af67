/** Conditions of a statement, compiled. Source: spec/access.md §5. */
import type { Identity } from '../identity.ts';
import { CONDITION_KEYS, ENCODED_KEYS, percentEncoded, valuesOf } from './condition-keys.ts';
import type { ConditionSource } from './document.ts';
import { PolicyError } from './error.ts';
import { operatorOf, type ValueTest } from './operators.ts';
import type { PolicyRequest } from './types.ts';

export type ConditionTest = (request: PolicyRequest) => boolean;

/** Characters: no key, type or class that can be is longer. */
const MAX_VALUE = 1_024;
const NAME = /^(?:for_(any|all)_value:)?(.*?)(_if_exist)?$/s;

/**
 * An operator that is not known, or operands that are not of its kind, are errors: taken as never true they would turn
 * a deny into nothing. A key that is not known is never true, as the language has it. Values that no request needs are
 * not looked at, for that could take long: what is denied under a condition is denied then, what is allowed is not.
 * @throws PolicyError
 */
export function compileCondition(source: ConditionSource, effect: 'allow' | 'deny', where: string): ConditionTest {
  const [, quantifier, name = '', ifExist] = NAME.exec(source.operator) ?? [];
  const known = CONDITION_KEYS.has(source.key);
  if (source.operator === 'null_equal') return known ? nullTest(source, where) : () => false;
  const operator = operatorOf(name);
  if (operator === undefined) throw new PolicyError(`${where}: condition operator ${source.operator} is not known.`);
  const fits = operator.compile(source.values);
  if (fits === undefined) {
    throw new PolicyError(`${where}: condition ${source.operator} of ${source.key} has a value of another kind.`);
  }
  if (!known) return () => false;
  const spelled = ENCODED_KEYS.has(source.key) ? encodedTest(fits, effect) : fits;
  const holds = (value: string, identity: Identity) => spelled(value, identity) === !operator.negative;
  // Without a quantifier a value among several suffices, and none of them may be what `not` excludes.
  const all = quantifier === 'all' || (quantifier === undefined && operator.negative);
  return (request) => {
    const values = valuesOf(source.key, request);
    if (values === undefined) return ifExist !== undefined;
    if (values.some((value) => value.length > MAX_VALUE)) return effect === 'deny';
    const { identity } = request;
    return all ? values.every((value) => holds(value, identity)) : values.some((value) => holds(value, identity));
  };
}

/** Policies write such values encoded; an equal plain form counts too where it can only allow. */
function encodedTest(fits: ValueTest, effect: 'allow' | 'deny'): ValueTest {
  return (value, identity) => {
    const encoded = fits(percentEncoded(value), identity);
    if (encoded === true || effect === 'deny') return encoded;
    const plain = fits(value, identity);
    return plain === true ? true : (encoded ?? plain);
  };
}

function nullTest(source: ConditionSource, where: string): ConditionTest {
  const wanted = source.values.map((value) => value.toLowerCase());
  if (!wanted.every((value): boolean => value === 'true' || value === 'false')) {
    throw new PolicyError(`${where}: condition null_equal of ${source.key} is neither true nor false.`);
  }
  return (request) => wanted.includes(String(valuesOf(source.key, request) === undefined));
}
