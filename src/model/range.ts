/** Byte ranges. Source: spec/objects.md §8.4. */

/** A range before the size is known: `first-`, `first-last` (inclusive), or the last `suffix` bytes. */
export type RangeSpec = { readonly first: number; readonly last: number | undefined } | { readonly suffix: number };

export interface ByteRange {
  /** First byte. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
}

/** @returns undefined when the range selects nothing: InvalidRange */
export function resolveRange(spec: RangeSpec, size: number): ByteRange | undefined {
  if ('suffix' in spec) {
    if (spec.suffix === 0 || size === 0) return undefined;
    const length = Math.min(spec.suffix, size);
    return { start: size - length, length };
  }
  if (spec.first >= size) return undefined;
  const last = spec.last === undefined ? size - 1 : Math.min(spec.last, size - 1);
  return { start: spec.first, length: last - spec.first + 1 };
}

/** `bytes a-b/size` */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.start}-${range.start + range.length - 1}/${size}`;
}
