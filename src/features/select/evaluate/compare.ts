/** Comparisons, where a CSV field counts as a number beside a number. null is UNKNOWN. Source: §10.3. */
import type { ComparisonOperator } from '../sql/ast.ts';
import { equalValues, isAbsent, numberOf, orderOf, parseNumber, type Value } from '../values/value.ts';

/** Which operands are CSV fields. */
export interface Untyped {
  readonly left: boolean;
  readonly right: boolean;
}

type Compare = (left: Value, right: Value) => boolean | null;

const TESTS: Readonly<Record<ComparisonOperator, (left: Value, right: Value) => boolean>> = {
  '=': equalValues,
  '<>': (left, right) => !equalValues(left, right),
  '<': (left, right) => orderOf(left, right) < 0,
  '>': (left, right) => orderOf(left, right) > 0,
  '<=': (left, right) => orderOf(left, right) <= 0,
  '>=': (left, right) => orderOf(left, right) >= 0,
};

/** What it returns throws CosError ComparisonFailed where two kinds have no order. */
export function comparison(operator: ComparisonOperator, untyped: Untyped): Compare {
  const test = TESTS[operator];
  return (left, right) => {
    const a = untyped.left ? beside(left, right) : left;
    const b = untyped.right ? beside(right, left) : right;
    return isAbsent(a) || isAbsent(b) ? null : test(a, b);
  };
}

/** A field beside a number is one; without a character it is null; other text stays what it is. */
function beside(field: Value, other: Value): Value {
  if (typeof field !== 'string' || numberOf(other) === undefined) return field;
  const text = field.trim();
  return text === '' ? null : (parseNumber(text) ?? field);
}
