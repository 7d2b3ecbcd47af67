/**
 * Query parameters in the order they were sent. Source: spec/protocol.md §5.2, spec/objects.md §2.1.
 */
import { CosError } from '../errors/cos-error.ts';
import { decodePath } from './target.ts';

/** More parameters than this are refused: every lookup walks the list. */
export const MAX_QUERY_PARAMS = 1_000;

/**
 * Decoded pairs with their raw text. Names repeat where the client repeated them; `a`, `a=` and `a=x` differ only in
 * the value. `+` is a blank: Go and Python write it so, and sign `%20`. Who needs the other reading has the raw text.
 */
export class QueryParams {
  /** The query as sent, without `?`. */
  readonly raw: string;
  /** Decoded names, in order. */
  readonly names: readonly string[];
  /** Decoded values, '' where there was no `=`; same index as `names`. */
  readonly values: readonly string[];
  /** Raw pairs (`name=value` as sent); same index. */
  readonly rawPairs: readonly string[];
  #folded: readonly string[] | undefined;

  constructor(raw: string, names: readonly string[], values: readonly string[], rawPairs: readonly string[]) {
    this.raw = raw;
    this.names = names;
    this.values = values;
    this.rawPairs = rawPairs;
  }

  get size(): number {
    return this.names.length;
  }

  /** @param name decoded, of any case */
  has(name: string): boolean {
    return this.#indexOf(name) >= 0;
  }

  /**
   * First value of a name (decoded, of any case); undefined when absent, '' when it has no value. Signatures cover names
   * in lower case: whoever holds a URL for `?prefix=a` could send `?PREFIX=a`, and must not get a listing of everything.
   */
  get(name: string): string | undefined {
    const index = this.#indexOf(name);
    return index < 0 ? undefined : this.values[index];
  }

  /** Value as sent of the first parameter of that name (of any case), undefined when absent. */
  getRaw(name: string): string | undefined {
    const index = this.#indexOf(name);
    if (index < 0) return undefined;
    const pair = this.rawPairs[index]!;
    const equals = pair.indexOf('=');
    return equals < 0 ? '' : pair.slice(equals + 1);
  }

  #indexOf(name: string): number {
    return this.names.length === 0 ? -1 : this.foldedNames().indexOf(name.toLowerCase());
  }

  /** Lower-case names, same index as `names`; made on first use. */
  foldedNames(): readonly string[] {
    this.#folded ??= this.names.map((name) => name.toLowerCase());
    return this.#folded;
  }
}

function decode(text: string): string {
  return decodePath(text.indexOf('+') < 0 ? text : text.replaceAll('+', ' '));
}

const NO_PARAMS = new QueryParams('', [], [], []);

/**
 * Splits at `&`, then at the first `=`; empty pairs (`a&&b`) are dropped.
 * @throws CosError InvalidURI on a bad escape, bytes that are not UTF-8, or too many parameters
 */
export function parseQuery(raw: string): QueryParams {
  if (raw === '') return NO_PARAMS;
  const names: string[] = [];
  const values: string[] = [];
  const rawPairs: string[] = [];
  let start = 0;
  while (start <= raw.length) {
    const ampersand = raw.indexOf('&', start);
    const end = ampersand < 0 ? raw.length : ampersand;
    if (end > start) {
      if (names.length === MAX_QUERY_PARAMS) {
        throw new CosError('InvalidURI', { message: `The query has more than ${MAX_QUERY_PARAMS} parameters.` });
      }
      const pair = raw.slice(start, end);
      const equals = pair.indexOf('=');
      rawPairs.push(pair);
      names.push(decode(equals < 0 ? pair : pair.slice(0, equals)));
      values.push(equals < 0 ? '' : decode(pair.slice(equals + 1)));
    }
    start = end + 1;
  }
  return names.length === 0 ? NO_PARAMS : new QueryParams(raw, names, values, rawPairs);
}
