/** The values of an expression, their kinds and their order. Source: spec/objects.md §10.3. */
import { CosError } from '../../../errors/cos-error.ts';
import { compare as compareDecimals, Decimal, parseDecimal } from './decimal.ts';
import { compareTimestamps, Timestamp } from './timestamp.ts';

/** A number of a JSON text, kept as written until something computes with it. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonObject = ReadonlyMap<string, Json>;
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;

/** undefined is MISSING, a bigint an int, a number a float. */
export type Value = undefined | Json | bigint | number | Decimal | Timestamp;
export type NumberValue = bigint | number | Decimal;

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

const INTEGER = /^[+-]?\d+$/;
const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)[eE][+-]?\d+$/;
/** An int has at most 19 digits; leading zeros are not worth a longer look. */
const MAX_INT_TEXT = 40;

export function isInt64(value: bigint): boolean {
  return value >= MIN_INT && value <= MAX_INT;
}

/** Text to int, else decimal, else (with an exponent, or too large for a decimal) float; undefined: no number. */
export function parseNumber(text: string): NumberValue | undefined {
  if (INTEGER.test(text) && text.length <= MAX_INT_TEXT) {
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
    if (isInt64(value)) return value;
  }
  const exact = parseDecimal(text);
  if (exact !== undefined) return exact;
  return FLOAT.test(text) || /^[+-]?\d+(?:\.\d*)?$/.test(text) ? Number(text) : undefined;
}

/** The number a value is; undefined for every other kind. */
export function numberOf(value: Value): NumberValue | undefined {
  if (typeof value === 'bigint' || typeof value === 'number' || value instanceof Decimal) return value;
  return value instanceof JsonNumber ? parseNumber(value.text) : undefined;
}

export function isAbsent(value: Value): value is null | undefined {
  return value === null || value === undefined;
}

export function toFloat(value: NumberValue): number {
  return value instanceof Decimal ? value.toNumber() : Number(value);
}

/** An int as a decimal. */
export function exactDecimal(value: bigint | Decimal): Decimal {
  return typeof value === 'bigint' ? new Decimal(value, 0) : value;
}

/** Negative, zero, positive, or NaN. */
export function compareNumbers(left: NumberValue, right: NumberValue): number {
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'number' || typeof right === 'number') {
    const [a, b] = [toFloat(left), toFloat(right)];
    return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
  }
  return compareDecimals(exactDecimal(left), exactDecimal(right));
}

/**
 * Order of two values that are there: negative, zero, positive or NaN; undefined when their kinds have no common
 * order.
 */
export function compareValues(left: Value, right: Value): number | undefined {
  if (typeof left === 'string') return typeof right === 'string' ? order(left, right) : undefined;
  if (typeof left === 'boolean') return typeof right === 'boolean' ? Number(left) - Number(right) : undefined;
  if (left instanceof Timestamp) return right instanceof Timestamp ? compareTimestamps(left, right) : undefined;
  const a = numberOf(left);
  const b = numberOf(right);
  return a === undefined || b === undefined ? undefined : compareNumbers(a, b);
}

/** For two values that are there. Different kinds are different. Lists and objects equal none. */
export function equalValues(left: Value, right: Value): boolean {
  return compareValues(left, right) === 0;
}

/** @throws CosError ComparisonFailed when the kinds have no common order */
export function orderOf(left: Value, right: Value): number {
  const result = compareValues(left, right);
  if (result !== undefined) return result;
  throw new CosError('ComparisonFailed', {
    message: `Attempt to compare failed: ${kindOf(left)} with ${kindOf(right)}`,
  });
}

/** For messages. */
export function kindOf(value: Value): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (value instanceof Timestamp) return 'timestamp';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'object';
  const number = numberOf(value);
  return typeof number === 'bigint' ? 'int' : typeof number === 'number' ? 'float' : 'decimal';
}

function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
