/** Conditions of reads, writes and copies. Source: spec/objects.md §6. */
import type { Text } from '../names.ts';
import { type ReferenceBucket, Refusal, type Version } from './bucket.ts';

/** ETags as they are sent, quotes included; or any. */
export type Tags = '*' | readonly Text[];

export interface Conditions {
  readonly ifMatch?: Tags | undefined;
  readonly ifNoneMatch?: Tags | undefined;
  /** ms since the epoch, whole seconds */
  readonly ifModifiedSince?: number | undefined;
  readonly ifUnmodifiedSince?: number | undefined;
}

export interface Guards extends Conditions {
  readonly forbidOverwrite?: boolean | undefined;
}

const matches = (tags: Tags, etag: Text): boolean => tags === '*' || tags.includes(etag);
const second = (ms: number): number => Math.floor(ms / 1000);

/** §6.3. A true If-Match makes If-Unmodified-Since void, a false If-None-Match does so with If-Modified-Since. */
export function evaluate(conditions: Conditions, { etag, modifiedMs }: Version): 'proceed' | 'unchanged' | 'failed' {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined && !matches(ifMatch, etag)) return 'failed';
  if (ifMatch === undefined && ifUnmodifiedSince !== undefined && second(modifiedMs) > second(ifUnmodifiedSince)) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, etag) ? 'unchanged' : 'proceed';
  if (ifModifiedSince !== undefined && second(modifiedMs) <= second(ifModifiedSince)) return 'unchanged';
  return 'proceed';
}

/** §6.1, §6.2: about the object that a write would replace. */
export function guard(bucket: ReferenceBucket, key: string, guards: Guards): void {
  const current = bucket.current(key);
  if (guards.forbidOverwrite && bucket.versioning === 'unset' && current !== undefined) {
    throw new Refusal('FileAlreadyExists');
  }
  if (guards.ifNoneMatch !== undefined && current !== undefined && matches(guards.ifNoneMatch, current.etag)) {
    throw new Refusal('PreconditionFailed');
  }
  if (guards.ifMatch === undefined) return;
  if (current === undefined) throw new Refusal('NoSuchKey');
  if (!matches(guards.ifMatch, current.etag)) throw new Refusal('PreconditionFailed');
}

/** §6.2: a delete has nothing to match where there is no object. */
export function guardDelete(bucket: ReferenceBucket, key: string, ifMatch: Tags | undefined): void {
  if (ifMatch === undefined) return;
  const current = bucket.current(key);
  if (current === undefined || !matches(ifMatch, current.etag)) throw new Refusal('PreconditionFailed');
}
