/** If-* headers, of reads, of writes and of copy sources. Source: spec/objects.md §6. */
import { CosError } from '../../errors/cos-error.ts';
import { parseHttpDate } from '../../http/http-date.ts';
import type { WireRequest } from '../../http/types.ts';
import type { RangeValidator, ReadConditions } from '../../model/conditions.ts';
import { UNCONDITIONAL, type WriteConditions } from '../../model/write-object.ts';
import type { HeaderSource } from './header-source.ts';

const NONE: ReadConditions = {};

/** @param prefix '' for reads, `x-cos-copy-source-` for copies */
export function decodeReadConditions(wire: WireRequest, prefix = ''): ReadConditions {
  const ifMatch = wire.header(`${prefix}if-match`);
  const ifNoneMatch = wire.header(`${prefix}if-none-match`);
  const modified = wire.header(`${prefix}if-modified-since`);
  const unmodified = wire.header(`${prefix}if-unmodified-since`);
  if (ifMatch === undefined && ifNoneMatch === undefined && modified === undefined && unmodified === undefined) {
    return NONE;
  }
  return {
    ifMatch,
    ifNoneMatch,
    // A date that cannot be read counts as not sent (RFC 9110 §13.1.3).
    ifModifiedSinceMs: modified === undefined ? undefined : parseHttpDate(modified),
    ifUnmodifiedSinceMs: unmodified === undefined ? undefined : parseHttpDate(unmodified),
  };
}

export function decodeIfRange(wire: WireRequest): RangeValidator | undefined {
  const value = wire.header('if-range');
  if (value === undefined) return undefined;
  if (value.startsWith('"')) return { etag: value };
  const modifiedMs = parseHttpDate(value);
  return modifiedMs === undefined ? 'unreadable' : { modifiedMs };
}

export function decodeForbidOverwrite(source: HeaderSource): boolean {
  const value = source.header('x-cos-forbid-overwrite');
  if (value === undefined) return false;
  const folded = value.toLowerCase();
  if (folded === 'true') return true;
  if (folded === 'false') return false;
  throw new CosError('InvalidArgument', { message: 'x-cos-forbid-overwrite must be true or false' });
}

export function decodeWriteConditions(wire: WireRequest): WriteConditions {
  const forbidOverwrite = decodeForbidOverwrite(wire);
  const ifMatch = wire.header('if-match');
  const ifNoneMatch = wire.header('if-none-match');
  if (!forbidOverwrite && ifMatch === undefined && ifNoneMatch === undefined) return UNCONDITIONAL;
  return { forbidOverwrite, ifMatch, ifNoneMatch };
}
