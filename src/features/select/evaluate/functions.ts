/** Functions of one row over values. Null in, null out, except COALESCE and NULLIF. Source: spec/objects.md §10.3. */
import type { FunctionName } from '../sql/ast.ts';
import { impossible } from '../values/arithmetic.ts';
import { parseTimestamp, Timestamp, timestampAt } from '../values/timestamp.ts';
import { timestampFormat } from '../values/timestamp-format.ts';
import { equalValues, isAbsent, kindOf, numberOf, toFloat, type Value } from '../values/value.ts';
import { castFailed } from './cast.ts';
import { strict } from './strict.ts';

type Evaluate<R> = (record: R) => Value;

/** @param nowMs what UTCNOW answers, milliseconds since 1970-01-01T00:00:00Z */
export function functionOf<R>(name: FunctionName, args: readonly Evaluate<R>[], nowMs: number): Evaluate<R> {
  switch (name) {
    case 'coalesce':
      return (record) => {
        for (const arg of args) {
          const value = arg(record);
          if (!isAbsent(value)) return value;
        }
        return null;
      };
    case 'nullif':
      return (record) => {
        const [a, b] = [args[0]!(record), args[1]!(record)];
        const equal = isAbsent(a) || isAbsent(b) ? isAbsent(a) : equalValues(a, b);
        return equal ? null : a;
      };
    case 'utcnow': {
      const now = timestampAt(nowMs);
      return () => now;
    }
    default:
      return strict(args, STRICT[name]);
  }
}

const STRICT: Readonly<
  Record<Exclude<FunctionName, 'coalesce' | 'nullif' | 'utcnow'>, (values: readonly Value[]) => Value>
> = {
  lower: ([text]) => textOf(text, 'LOWER').toLowerCase(),
  upper: ([text]) => textOf(text, 'UPPER').toUpperCase(),
  char_length: ([text]) => BigInt(countCharacters(textOf(text, 'CHAR_LENGTH'))),
  substring: ([text, start, length]) =>
    substring(
      textOf(text, 'SUBSTRING'),
      integerOf(start, 'SUBSTRING'),
      length === undefined ? Number.POSITIVE_INFINITY : integerOf(length, 'SUBSTRING'),
    ),
  to_timestamp([text]) {
    const value = parseTimestamp(textOf(text, 'TO_TIMESTAMP').trim());
    if (value === undefined) throw castFailed(text, 'timestamp');
    return value;
  },
  to_string([value, pattern]) {
    const format = timestampFormat(textOf(pattern, 'TO_STRING'));
    if (format === undefined) throw impossible('the pattern of TO_STRING is invalid');
    return format(timestampOf(value, 'TO_STRING'));
  },
};

/** @param characters the ones to take away; blanks when undefined */
export function trim(text: string, side: 'leading' | 'trailing' | 'both', characters: string | undefined): string {
  const gone = new Set(characters ?? ' ');
  const list = [...text];
  let start = 0;
  let end = list.length;
  if (side !== 'trailing') while (start < end && gone.has(list[start]!)) start += 1;
  if (side !== 'leading') while (end > start && gone.has(list[end - 1]!)) end -= 1;
  return list.slice(start, end).join('');
}

export function textOf(value: Value, user: string): string {
  if (typeof value === 'string') return value;
  throw wrongKind(value, user, 'string');
}

export function timestampOf(value: Value, user: string): Timestamp {
  if (value instanceof Timestamp) return value;
  throw wrongKind(value, user, 'timestamp');
}

/** Beyond 2^53 it is inexact, which no position and no date notices. */
export function integerOf(value: Value, user: string): number {
  const number = numberOf(value);
  if (number === undefined) throw wrongKind(value, user, 'int');
  return Math.trunc(toFloat(number));
}

function wrongKind(value: Value, user: string, wanted: string) {
  return impossible(`${user} needs a value of type ${wanted}, not ${kindOf(value)}`);
}

/** @param start from 1; what lies before it begins at 1 */
function substring(text: string, start: number, length: number): string {
  const from = Math.max(start, 1) - 1;
  const to = from + Math.max(length, 0);
  return hasSurrogates(text) ? [...text].slice(from, to).join('') : text.slice(from, to);
}

function countCharacters(text: string): number {
  return hasSurrogates(text) ? [...text].length : text.length;
}

function hasSurrogates(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}
