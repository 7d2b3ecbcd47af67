/** CAST. Null and missing stay null. Source: spec/objects.md §10.3. */
import { CosError } from '../../../errors/cos-error.ts';
import type { CastType } from '../sql/ast.ts';
import { Decimal, decimal, parseDecimal, rescale, wholeDigits } from '../values/decimal.ts';
import { parseTimestamp, Timestamp } from '../values/timestamp.ts';
import { isAbsent, isInt64, kindOf, numberOf, parseNumber, toFloat, type Value } from '../values/value.ts';

const SHOWN = 40;

/** @throws CosError CastFailed */
export function cast(value: Value, type: CastType): Value {
  if (isAbsent(value)) return null;
  const result = CASTS[type.name](value, type);
  if (result === undefined) throw castFailed(value, type.name);
  return result;
}

export function castFailed(value: Value, type: string): CosError {
  const shown = typeof value === 'string' ? `'${value.slice(0, SHOWN)}'` : `a value of type ${kindOf(value)}`;
  return new CosError('CastFailed', {
    message: `Attempt to convert from one data type to another using CAST failed in the SQL expression: ${shown} to ${type}`,
  });
}

const CASTS: Readonly<Record<CastType['name'], (value: Value, type: CastType) => Value>> = {
  bool(value) {
    if (typeof value === 'boolean') return value;
    if (typeof value === 'string') {
      const text = value.trim().toLowerCase();
      return text === 'true' ? true : text === 'false' ? false : undefined;
    }
    const number = numberOf(value);
    return number === undefined ? undefined : toFloat(number) !== 0;
  },
  int(value) {
    const number = numeric(value);
    if (number === undefined || typeof number === 'bigint') return number;
    // '1.5' is no integer; 1.5 has one.
    if (typeof value === 'string' && !/^[+-]?\d+$/.test(value.trim())) return undefined;
    if (typeof number === 'number' && !Number.isFinite(number)) return undefined;
    const whole = number instanceof Decimal ? number.truncate() : BigInt(Math.trunc(number));
    return isInt64(whole) ? whole : undefined;
  },
  float(value) {
    const number = numeric(value);
    return number === undefined ? undefined : toFloat(number);
  },
  decimal(value, { precision, scale }) {
    const number = numeric(value);
    if (number === undefined) return undefined;
    const exact = number instanceof Decimal ? number : exactly(number);
    if (exact === undefined || precision === undefined) return exact;
    const rounded = rescale(exact, scale!);
    return rounded !== undefined && wholeDigits(rounded) <= precision - scale! ? rounded : undefined;
  },
  string(value) {
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean' || value instanceof Timestamp) return String(value);
    const number = numberOf(value);
    return number === undefined ? undefined : String(number);
  },
  timestamp(value) {
    if (value instanceof Timestamp) return value;
    return typeof value === 'string' ? parseTimestamp(value.trim()) : undefined;
  },
};

function numeric(value: Value) {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'string' ? parseNumber(value.trim()) : numberOf(value);
}

function exactly(value: bigint | number): Decimal | undefined {
  if (typeof value === 'bigint') return new Decimal(value, 0);
  const match = /^(-?[\d.]+)(?:e([+-]\d+))?$/.exec(String(value));
  const digits = match === null ? undefined : parseDecimal(match[1]!);
  return digits && decimal(digits.coefficient, digits.scale - Number(match![2] ?? 0));
}
