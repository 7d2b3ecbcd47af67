/**
 * The kinds of values a setting can have. Each takes the native value (from a JSON file) and its text (from a flag or
 * the environment), and says in one phrase what is allowed.
 */
import { z } from 'zod';
import { formatDuration, formatSize, parseDuration, parseSize } from './units.ts';

/** Text becomes what `read` makes of it; what it cannot read stays as it is, for the schema behind to refuse. */
function fromText<T>(read: (text: string) => T | undefined) {
  return (raw: unknown): unknown => (typeof raw === 'string' ? (read(raw) ?? raw) : raw);
}

function whole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

function range(read: (text: string) => number | undefined, low: number, high: number, allowed: string) {
  const error = { error: `must be ${allowed}` };
  return z.preprocess(fromText(read), z.number(error).int(error).min(low, error).max(high, error));
}

/** A count without unit. */
export function count(low: number, high: number) {
  return range(whole, low, high, `a whole number from ${low} to ${high}`);
}

/** A number with decimals. */
export function decimal(low: number, high: number) {
  const error = { error: `must be a number from ${low} to ${high}` };
  const read = (line: string) => (/^\d{1,15}(\.\d{1,15})?$/.test(line.trim()) ? Number(line) : undefined);
  return z.preprocess(fromText(read), z.number(error).min(low, error).max(high, error));
}

/** bytes */
export function size(low: number, high: number) {
  return range(
    parseSize,
    low,
    high,
    `a size from ${formatSize(low)} to ${formatSize(high)} (bytes, KiB, MiB, GiB or TiB)`,
  );
}

/** milliseconds */
export function duration(low: number, high: number) {
  const allowed = `a duration from ${formatDuration(low)} to ${formatDuration(high)} (ms, s, min or h)`;
  return range(parseDuration, low, high, allowed);
}

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

export function toggle() {
  const read = (text: string) => ({ true: true, false: false, '': true })[text.trim().toLowerCase()];
  return z.preprocess(fromText(read), z.boolean({ error: 'must be true or false' }));
}

/** One line of text. @param pattern what it has to match @param allowed the same in words */
export function text(pattern: RegExp, allowed: string) {
  const error = { error: `must be ${allowed}` };
  return z.string(error).regex(pattern, error);
}

/** Texts, comma-separated on the command line and in the environment. Repeated entries count once. */
export function list(pattern: RegExp, allowed: string, most: number, least = 0) {
  const error = { error: `must be ${least === 0 ? 'up to' : `${least} to`} ${most} of: ${allowed}` };
  const read = (line: string) =>
    line
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
  const entries = z.array(z.string(error).regex(pattern, error), error).min(least, error).max(most, error);
  return z.preprocess(
    fromText(read),
    entries.transform((values): readonly string[] => [...new Set(values)]),
  );
}
