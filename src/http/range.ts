/**
 * The Range header: one range of bytes. Source: spec/objects.md §8.4, spec/errors.md row 66.
 */

/** A range as the client wrote it, before the size is known. */
export type RangeSpec =
  /** `a-` or `a-b` */
  | { readonly first: number; readonly last: number | undefined }
  /** `-n` */
  | { readonly suffix: number };

const ONE_RANGE = /^bytes[ \t]*=[ \t]*(\d*)-(\d*)$/i;

/** undefined when the header must be ignored: other unit, several ranges, garbage, last before first. */
export function parseRangeSpec(header: string | undefined): RangeSpec | undefined {
  if (header === undefined) return undefined;
  const match = ONE_RANGE.exec(header);
  if (match === null) return undefined;
  const [, firstText = '', lastText = ''] = match;
  if (firstText === '') return lastText === '' ? undefined : { suffix: Number(lastText) };
  const first = Number(firstText);
  if (lastText === '') return { first, last: undefined };
  const last = Number(lastText);
  return last < first ? undefined : { first, last };
}
