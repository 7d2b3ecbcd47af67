/** `+ - * / %` over ints, decimals and floats: the wider kind of both wins. Source: spec/objects.md §10.3. */
import { CosError } from '../../../errors/cos-error.ts';
import { add, type Decimal, divide, multiply, remainder, subtract } from './decimal.ts';
import { exactDecimal, isInt64, type NumberValue, toFloat } from './value.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

const OF_INTS: Readonly<Record<ArithmeticOperator, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
const OF_DECIMALS: Readonly<Record<ArithmeticOperator, (a: Decimal, b: Decimal) => Decimal | undefined>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
};
const OF_FLOATS: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

/** @throws CosError ErrorWritingRow for a division by zero and for results outside their type */
export function calculate(operator: ArithmeticOperator, left: NumberValue, right: NumberValue): NumberValue {
  if ((operator === '/' || operator === '%') && toFloat(right) === 0) throw impossible('division by zero');
  if (typeof left === 'number' || typeof right === 'number') {
    return OF_FLOATS[operator](toFloat(left), toFloat(right));
  }
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    const result = OF_INTS[operator](left, right);
    if (isInt64(result)) return result;
    throw impossible('integer overflow');
  }
  const result = OF_DECIMALS[operator](exactDecimal(left), exactDecimal(right));
  if (result === undefined) throw impossible('decimal overflow');
  return result;
}

/** A value of the row cannot be computed. */
export function impossible(reason: string): CosError {
  return new CosError('ErrorWritingRow', { message: `Encountered an error writing the SELECT result: ${reason}` });
}
