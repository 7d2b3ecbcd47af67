/**
 * Conditional requests, protocol-free: entity tags as lists in their quoted form, dates already parsed.
 * Source: spec/objects.md §6.2–§6.4; precedence of RFC 9110 §13.2.2.
 */
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
    if (!etagMatches(ifMatch, record.etag)) return 'failed';
  } else if (ifUnmodifiedSinceMs !== undefined && modifiedSince(record, ifUnmodifiedSinceMs)) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) {
    if (etagMatches(ifNoneMatch, record.etag)) return 'not-modified';
  } else if (ifModifiedSinceMs !== undefined && !modifiedSince(record, ifModifiedSinceMs)) {
    return 'not-modified';
  }
  return 'proceed';
}

/** By whole seconds: what clients know of a modification time comes from Last-Modified. */
function modifiedSince(record: ObjectRecord, dateMs: number): boolean {
  return Math.floor(record.modifiedMs / 1000) > Math.floor(dateMs / 1000);
}

/**
 * Whether a list of entity tags (or `*`) has the tag of an existing object. Only quoted tags count: a bare hex string
 * matches nothing (spec/objects.md §6.3).
 * @param etag without quotes
 */
export function etagMatches(list: string, etag: string): boolean {
  const quoted = `"${etag}"`;
  if (list === '*' || list === quoted) return true;
  if (!list.includes(quoted)) return false;
  return list.split(',').some((member) => {
    const tag = member.trim();
    return tag === quoted || tag === `W/${quoted}`;
  });
}
