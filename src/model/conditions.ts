/**
 * Conditional requests, protocol-free: entity tags as lists in their quoted form, dates already parsed.
 * Source: spec/objects.md §6.2–§6.4; precedence of RFC 9110 §13.2.2.
 */
import { CosError } from '../errors/cos-error.ts';
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

/** Conditions on what a delete finds. */
export interface DeleteConditions {
  /** List as sent, quotes included, or `*`. */
  readonly ifMatch?: string | undefined;
  /** bytes */
  readonly ifMatchSize?: number | undefined;
  /** ms since the epoch; compared by whole seconds */
  readonly ifMatchLastModifiedMs?: number | undefined;
  /** What it means for a condition that nothing is there; with `succeed` a delete marker counts as something. Default: `PreconditionFailed`. */
  readonly absent?: 'PreconditionFailed' | 'NoSuchKey' | 'succeed';
}

/**
 * @param object what would be deleted or hidden
 * @param marker the delete marker on top of it
 * @returns `nothing-there` where conditions hold because there is nothing
 * @throws CosError PreconditionFailed, NoSuchKey
 */
export function judgeDelete(
  conditions: DeleteConditions,
  object: ObjectRecord | undefined,
  marker?: ObjectRecord,
): 'proceed' | 'nothing-there' {
  const { ifMatch, ifMatchSize, ifMatchLastModifiedMs, absent } = conditions;
  if (ifMatch === undefined && ifMatchSize === undefined && ifMatchLastModifiedMs === undefined) return 'proceed';
  const target = object ?? (absent === 'succeed' ? marker : undefined);
  if (target === undefined) {
    if (absent === 'succeed') return 'nothing-there';
    throw new CosError(absent === 'NoSuchKey' && marker === undefined ? 'NoSuchKey' : 'PreconditionFailed');
  }
  const matches =
    (ifMatch === undefined || etagListHas(ifMatch, `"${target.etag}"`, false)) &&
    (ifMatchSize === undefined || target.size === ifMatchSize) &&
    (ifMatchLastModifiedMs === undefined || secondOf(target.modifiedMs) === secondOf(ifMatchLastModifiedMs));
  if (!matches) throw new CosError('PreconditionFailed');
  return 'proceed';
}

const secondOf = (ms: number): number => Math.floor(ms / 1000);

/** By whole seconds: what clients know of a modification time comes from Last-Modified. */
function modifiedSince(record: ObjectRecord, dateMs: number): boolean {
  return secondOf(record.modifiedMs) > secondOf(dateMs);
}

/** What If-Range names: the entity tag or the modification time the client's earlier part had. */
export type RangeValidator = { readonly etag: string } | { readonly modifiedMs: number } | 'unreadable';

/** Whether a range still applies to what the object is now: exact tag, or exact time (RFC 9110 §13.1.5). */
export function rangeApplies(validator: RangeValidator | undefined, record: ObjectRecord): boolean {
  if (validator === undefined) return true;
  if (validator === 'unreadable') return false;
  if ('etag' in validator) return validator.etag === `"${record.etag}"`;
  return secondOf(record.modifiedMs) === secondOf(validator.modifiedMs);
}
