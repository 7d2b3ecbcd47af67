/** COUNT, SUM, AVG, MIN and MAX over all rows that match. Nulls do not count. Source: spec/objects.md §10.3. */
import type { AggregateName } from '../sql/ast.ts';
import { calculate } from '../values/arithmetic.ts';
import { exactDecimal, isAbsent, type NumberValue, orderOf, type Value } from '../values/value.ts';

export interface Accumulator {
  /** @param value null and missing are not for it */
  add(value: Value): void;
  /** null when nothing was added; a count is 0 then. */
  result(): Value;
}

/** @param toNumber of the operand of SUM and AVG @throws CosError from it, and ErrorWritingRow, ComparisonFailed */
export function accumulator(name: AggregateName, toNumber: (value: Value) => NumberValue): Accumulator {
  switch (name) {
    case 'count':
      return counter();
    case 'sum':
      return sum(toNumber);
    case 'avg':
      return average(toNumber);
    case 'min':
      return extreme((order) => order < 0);
    case 'max':
      return extreme((order) => order > 0);
  }
}

function counter(): Accumulator {
  let count = 0n;
  return {
    add(value) {
      if (!isAbsent(value)) count += 1n;
    },
    result: () => count,
  };
}

function sum(toNumber: (value: Value) => NumberValue): Accumulator {
  let total: NumberValue | null = null;
  return {
    add(value) {
      if (isAbsent(value)) return;
      const number = toNumber(value);
      total = total === null ? number : calculate('+', total, number);
    },
    result: () => total,
  };
}

function average(toNumber: (value: Value) => NumberValue): Accumulator {
  let count = 0n;
  let total: NumberValue = exactDecimal(0n);
  return {
    add(value) {
      if (isAbsent(value)) return;
      total = calculate('+', total, toNumber(value));
      count += 1n;
    },
    result: () => (count === 0n ? null : calculate('/', total, count)),
  };
}

function extreme(better: (order: number) => boolean): Accumulator {
  let best: Value = null;
  return {
    add(value) {
      if (isAbsent(value)) return;
      if (best === null || better(orderOf(value, best))) best = value;
    },
    result: () => best,
  };
}
