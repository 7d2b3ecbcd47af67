/** What every listing of keys has in common. Source: spec/buckets.md §1.7, §6. */

/** Longest key there can be, bytes (spec/limits.md §2): longer markers are cut without changing what they exclude. */
const MAX_KEY_BYTES = 850;

export interface ListQuery {
  readonly prefix: string;
  /** Empty: no grouping. */
  readonly delimiter: string;
  /** Items and common prefixes together. */
  readonly limit: number;
}

/** The common prefix that `key` falls under, up to and including the delimiter; undefined when it is listed itself. */
export function commonPrefixOf(key: string, { prefix, delimiter }: ListQuery): string | undefined {
  if (delimiter === '') return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** The common prefix that a marker equals or lies in: the listing goes on behind all of it. */
export function prefixOfMarker(marker: string, query: ListQuery): string | undefined {
  return marker.startsWith(query.prefix) ? commonPrefixOf(marker, query) : undefined;
}

export function markerBytes(marker: string): Buffer {
  const bytes = Buffer.from(marker);
  return bytes.length > MAX_KEY_BYTES ? bytes.subarray(0, MAX_KEY_BYTES) : bytes;
}

/** True when no key can start with the prefix. */
export function matchesNothing(prefix: string): boolean {
  return Buffer.byteLength(prefix) > MAX_KEY_BYTES;
}
