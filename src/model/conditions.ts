/**
 * Conditional requests, protocol-free: entity tags as lists in their quoted form, dates already parsed.
 * Source: spec/objects.md §6.2–§6.4; precedence of RFC 9110 §13.2.2.
 */
import { etagListHas } from './etag.ts';
import type { ObjectRecord } from './records/object.ts';

export interface ReadConditions {
  /** Lists as sent, quotes included, or `*`. */
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  /** ms since the epoch */
  readonly ifModifiedSinceMs?: number | undefined;
  readonly ifUnmodifiedSinceMs?: number | undefined;
}

/** `not-modified` is 304 on a read and 412 for a copy source; `failed` is 412. */
export type ConditionOutcome = 'proceed' | 'not-modified' | 'failed';

export function evaluateConditions(conditions: ReadConditions, record: ObjectRecord): ConditionOutcome {
  const { ifMatch, ifNoneMatch, ifModifiedSinceMs, ifUnmodifiedSinceMs } = conditions;
  if (ifMatch !== undefined) {
    if (!etagListHas(ifMatch, `"${record.etag}"`, false)) return 'failed';
  } else if (ifUnmodifiedSinceMs !== undefined && modifiedSince(record, ifUnmodifiedSinceMs)) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) {
    if (etagListHas(ifNoneMatch, `"${record.etag}"`, true)) return 'not-modified';
  } else if (ifModifiedSinceMs !== undefined && !modifiedSince(record, ifModifiedSinceMs)) {
    return 'not-modified';
  }
  return 'proceed';
}

/** By whole seconds: what clients know of a modification time comes from Last-Modified. */
function modifiedSince(record: ObjectRecord, dateMs: number): boolean {
  return Math.floor(record.modifiedMs / 1000) > Math.floor(dateMs / 1000);
}

/** What If-Range names: the entity tag or the modification time the client's earlier part had. */
export type RangeValidator = { readonly etag: string } | { readonly modifiedMs: number } | 'unreadable';

/** Whether a range still applies to what the object is now: exact tag, or exact time (RFC 9110 §13.1.5). */
export function rangeApplies(validator: RangeValidator | undefined, record: ObjectRecord): boolean {
  if (validator === undefined) return true;
  if (validator === 'unreadable') return false;
  if ('etag' in validator) return validator.etag === `"${record.etag}"`;
  return Math.floor(record.modifiedMs / 1000) === Math.floor(validator.modifiedMs / 1000);
}
