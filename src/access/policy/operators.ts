/** Operators of conditions: what one value of a request is held against. Source: spec/access.md §5.1. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { Identity } from '../identity.ts';
import { parseInstant } from './instant.ts';
import { compileLiteral, compilePattern, type Pattern } from './pattern.ts';

/** Whether a value fits one of the operands; undefined where it is of no kind that can be compared with them. */
export type ValueTest = (value: string, identity: Identity) => boolean | undefined;

interface Operator {
  /** True for `…_not_…`: what must hold is that the value fits none of the operands. */
  readonly negative: boolean;
  /** @returns undefined for operands that are not of its kind */
  readonly compile: (operands: readonly string[]) => ValueTest | undefined;
}

const texts =
  (compile: (operand: string) => Pattern): Operator['compile'] =>
  (operands) => {
    const patterns = operands.map(compile);
    return (value, identity) => patterns.some((pattern) => pattern(value, identity));
  };

const ignoreCase = texts((operand) => {
  const same = compileLiteral(operand.toLowerCase());
  return (value, identity) => same(value.toLowerCase(), identity);
});

/** Operators over values of a type: both sides are read, then compared. */
function typed<T>(
  read: (text: string) => T | undefined,
  holds: (value: T, operand: T) => boolean,
): Operator['compile'] {
  return (texts) => {
    const operands: T[] = [];
    for (const text of texts) {
      const operand = read(text);
      if (operand === undefined) return undefined;
      operands.push(operand);
    }
    return (text) => {
      const value = read(text);
      return value === undefined ? undefined : operands.some((operand) => holds(value, operand));
    };
  };
}

const equal = <T>(a: T, b: T) => a === b;
const less = (a: number, b: number) => a < b;
const lessOrEqual = (a: number, b: number) => a <= b;
const greater = (a: number, b: number) => a > b;
const greaterOrEqual = (a: number, b: number) => a >= b;

function addresses(operands: readonly string[]): ValueTest | undefined {
  const list = new BlockList();
  for (const operand of operands) {
    const [, address = operand, prefix] = /^(.*?)\/(\d{1,3})$/.exec(operand) ?? [];
    const family = familyOf(address);
    const bits = family === 'ipv4' ? 32 : 128;
    if (family === undefined || Number(prefix ?? 0) > bits) return undefined;
    list.addSubnet(address, Number(prefix ?? bits), family);
  }
  return (value) => {
    const family = familyOf(value);
    return family === undefined ? undefined : list.check(value, family);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  if (isIPv4(address)) return 'ipv4';
  return isIPv6(address) && !address.includes('%') ? 'ipv6' : undefined;
}

function numberOf(text: string): number | undefined {
  return /^[+-]?\d{1,30}(?:\.\d{1,30})?$/.test(text) ? Number(text) : undefined;
}

function booleanOf(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** Operands are base64 of the bytes that the value must have. */
function bytes(operands: readonly string[]): ValueTest | undefined {
  const wanted = operands.map((operand) => Buffer.from(operand, 'base64'));
  if (wanted.some((buffer, i) => buffer.toString('base64') !== operands[i])) return undefined;
  return (value) => wanted.some((buffer) => buffer.equals(Buffer.from(value)));
}

const positive = (compile: Operator['compile']): Operator => ({ negative: false, compile });
const negative = (compile: Operator['compile']): Operator => ({ negative: true, compile });

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['string_equal', positive(texts(compileLiteral))],
  ['string_not_equal', negative(texts(compileLiteral))],
  ['string_equal_ignore_case', positive(ignoreCase)],
  ['string_not_equal_ignore_case', negative(ignoreCase)],
  ['string_like', positive(texts(compilePattern))],
  ['string_not_like', negative(texts(compilePattern))],
  ['ip_equal', positive(addresses)],
  ['ip_not_equal', negative(addresses)],
  ['numeric_equal', positive(typed(numberOf, equal))],
  ['numeric_not_equal', negative(typed(numberOf, equal))],
  ['numeric_less_than', positive(typed(numberOf, less))],
  ['numeric_less_than_equal', positive(typed(numberOf, lessOrEqual))],
  ['numeric_greater_than', positive(typed(numberOf, greater))],
  ['numeric_greater_than_equal', positive(typed(numberOf, greaterOrEqual))],
  ['date_equal', positive(typed(parseInstant, equal))],
  ['date_not_equal', negative(typed(parseInstant, equal))],
  ['date_less_than', positive(typed(parseInstant, less))],
  ['date_less_than_equal', positive(typed(parseInstant, lessOrEqual))],
  ['date_greater_than', positive(typed(parseInstant, greater))],
  ['date_greater_than_equal', positive(typed(parseInstant, greaterOrEqual))],
  ['bool_equal', positive(typed(booleanOf, equal))],
  ['binary_equal', positive(bytes)],
]);

/** @returns undefined for a name that is none */
export function operatorOf(name: string): Operator | undefined {
  return OPERATORS.get(name);
}
