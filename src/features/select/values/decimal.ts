/**
 * Exact decimal numbers of up to 38 digits: coefficient × 10^−scale. A result that needs more digits is rounded half
 * up. Source: spec/objects.md §10.3 (type decimal).
 */

export const MAX_DIGITS = 38;
/** Outside 10^±128 there is no decimal: bounds the work of bringing two numbers to one scale. */
const MAX_SCALE = 128;

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const LIMIT = 10n ** BigInt(MAX_DIGITS);

export class Decimal {
  readonly coefficient: bigint;
  /** Digits behind the point; negative for trailing zeros before it. */
  readonly scale: number;

  /** Use `decimal` or `parseDecimal`, which keep the bounds. */
  constructor(coefficient: bigint, scale: number) {
    this.coefficient = coefficient;
    this.scale = scale;
  }

  toString(): string {
    const negative = this.coefficient < 0n;
    let digits = (negative ? -this.coefficient : this.coefficient).toString();
    if (this.scale <= 0) digits = this.coefficient === 0n ? '0' : digits + '0'.repeat(-this.scale);
    else {
      digits = digits.padStart(this.scale + 1, '0');
      digits = `${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
    }
    return negative ? `-${digits}` : digits;
  }

  toNumber(): number {
    return Number(`${this.coefficient}e${-this.scale}`);
  }

  /** Without what stands behind the point. */
  truncate(): bigint {
    return this.scale <= 0 ? this.coefficient * power(-this.scale) : this.coefficient / power(this.scale);
  }
}

/** The number within the bounds; undefined when it is too large. */
export function decimal(coefficient: bigint, scale: number): Decimal | undefined {
  let digits = coefficient;
  let places = scale;
  const excess = digitsOf(digits) - MAX_DIGITS;
  if (excess > 0) {
    digits = divideRounded(digits, power(excess));
    places -= excess;
    if (digits >= LIMIT || digits <= -LIMIT) {
      digits /= 10n;
      places -= 1;
    }
  }
  if (places > MAX_SCALE) {
    const cut = places - MAX_SCALE;
    digits = cut > MAX_DIGITS ? 0n : divideRounded(digits, power(cut));
    places = MAX_SCALE;
  }
  if (digits === 0n && places < 0) places = 0;
  return places < -MAX_SCALE ? undefined : new Decimal(digits, places);
}

/** Digits with an optional sign and point; undefined for any other text and for numbers outside the bounds. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  // Cut before it becomes a bigint: a text may have a million digits.
  const significant = (whole + fraction).replace(/^0+/, '');
  const kept = significant.slice(0, MAX_DIGITS + 2);
  const coefficient = BigInt(kept === '' ? '0' : `${sign === '-' ? '-' : ''}${kept}`);
  const scale = fraction.length - (significant.length - kept.length);
  return coefficient === 0n ? new Decimal(0n, Math.min(fraction.length, MAX_SCALE)) : decimal(coefficient, scale);
}

export function add(left: Decimal, right: Decimal): Decimal | undefined {
  const [a, b, scale] = aligned(left, right);
  return decimal(a + b, scale);
}

export function subtract(left: Decimal, right: Decimal): Decimal | undefined {
  const [a, b, scale] = aligned(left, right);
  return decimal(a - b, scale);
}

export function multiply(left: Decimal, right: Decimal): Decimal | undefined {
  return decimal(left.coefficient * right.coefficient, left.scale + right.scale);
}

/** Up to 38 digits, without trailing zeros behind the wider of both scales; undefined for a divisor of 0. */
export function divide(left: Decimal, right: Decimal): Decimal | undefined {
  if (right.coefficient === 0n) return undefined;
  const more = Math.max(0, MAX_DIGITS + digitsOf(right.coefficient) - digitsOf(left.coefficient));
  const quotient = divideRounded(left.coefficient * power(more), right.coefficient);
  const result = decimal(quotient, left.scale - right.scale + more);
  return result && withoutTrailingZeros(result, Math.max(left.scale, right.scale, 0));
}

/** The sign is the dividend's; undefined for a divisor of 0. */
export function remainder(left: Decimal, right: Decimal): Decimal | undefined {
  if (right.coefficient === 0n) return undefined;
  const [a, b, scale] = aligned(left, right);
  return decimal(a % b, scale);
}

/** Negative, zero or positive. */
export function compare(left: Decimal, right: Decimal): number {
  const [a, b] = aligned(left, right);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rounded half up to `scale` digits behind the point. */
export function rescale(value: Decimal, scale: number): Decimal | undefined {
  if (scale >= value.scale) return decimal(value.coefficient * power(scale - value.scale), scale);
  return decimal(divideRounded(value.coefficient, power(value.scale - scale)), scale);
}

/** Digits before the point, without leading zeros. */
export function wholeDigits(value: Decimal): number {
  const whole = value.truncate();
  return whole === 0n ? 0 : digitsOf(whole);
}

function aligned(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale);
  return [
    left.scale === scale ? left.coefficient : left.coefficient * power(scale - left.scale),
    right.scale === scale ? right.coefficient : right.coefficient * power(scale - right.scale),
    scale,
  ];
}

function withoutTrailingZeros(value: Decimal, scale: number): Decimal {
  let { coefficient, scale: places } = value;
  while (places > scale && coefficient % 10n === 0n) {
    coefficient /= 10n;
    places -= 1;
  }
  return new Decimal(coefficient, places);
}

function digitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

function divideRounded(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return value < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

function power(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
