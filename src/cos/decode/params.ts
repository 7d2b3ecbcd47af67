/** Query parameters of listings and uploads. Source: spec/buckets.md §6–§9, spec/limits.md §3. */
import { CosError } from '../../errors/cos-error.ts';
import type { QueryParams } from '../../http/query.ts';

/** An empty value equals absence (spec/buckets.md §1.7). */
export function text(query: QueryParams, name: string): string {
  return query.get(name) ?? '';
}

/**
 * @param fallback when absent or empty
 * @param most larger values are cut to it
 * @throws CosError InvalidArgument when it is no number, or below `least`
 */
export function integer(query: QueryParams, name: string, fallback: number, least: number, most: number): number {
  const value = text(query, name);
  if (value === '') return fallback;
  if (!/^\d{1,15}$/.test(value) || Number(value) < least) throw invalid(name, value);
  return Math.min(Number(value), most);
}

/** One number in a closed range. @throws CosError InvalidArgument when absent or outside */
export function requiredInteger(value: string | undefined, name: string, least: number, most: number): number {
  if (value === undefined || !/^\d{1,15}$/.test(value)) throw invalid(name, value ?? '');
  const number = Number(value);
  if (number < least || number > most) throw invalid(name, value);
  return number;
}

/** @throws CosError InvalidDelimiter when it is more than one character */
export function delimiter(query: QueryParams): string {
  const value = text(query, 'delimiter');
  if (value.length > 1 && [...value].length > 1) throw new CosError('InvalidDelimiter');
  return value;
}

/** @returns true for `url` @throws CosError InvalidArgument for any other value */
export function urlEncoded(query: QueryParams): boolean {
  const value = text(query, 'encoding-type');
  if (value !== '' && value !== 'url') throw invalid('encoding-type', value);
  return value === 'url';
}

function invalid(name: string, value: string): CosError {
  return new CosError('InvalidArgument', { message: `Invalid ${name}: ${value.slice(0, 100)}` });
}
