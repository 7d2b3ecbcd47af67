/** Object lock: versions that may not be changed or removed yet. Source: spec/objects.md §7, spec/buckets.md §25. */
import { CosError } from '../errors/cos-error.ts';
import type { ObjectLock } from './records/attributes.ts';
import type { BucketRecord } from './records/bucket.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';

export const DAY_MS = 86_400_000;

/** What a write asks for. */
export interface LockRequest {
  /** ms since the epoch */
  readonly retainUntilMs: number | undefined;
  readonly legalHold: boolean | undefined;
}

export function isLocked(services: Services, record: ObjectRecord): boolean {
  const lock = record.attributes.extra?.lock;
  if (lock === undefined) return false;
  return lock.legalHold || (lock.retainUntilMs !== undefined && lock.retainUntilMs > services.clock.nowMs());
}

/** @throws CosError ObjectLocked */
export function requireUnlocked(services: Services, record: ObjectRecord): void {
  if (isLocked(services, record)) throw new CosError('ObjectLocked');
}

/**
 * The lock a new version gets: what the write asks for, else the bucket's default retention.
 * @throws CosError InvalidRequest (the bucket has no object lock), InvalidArgument (a date in the past)
 */
export function lockFor(
  services: Services,
  bucket: BucketRecord,
  request: LockRequest | undefined,
): ObjectLock | undefined {
  if (bucket.objectLock === undefined) {
    if (request === undefined) return undefined;
    throw new CosError('InvalidRequest', { message: 'Object lock is not enabled on the bucket.' });
  }
  const nowMs = services.clock.nowMs();
  const { days } = bucket.objectLock;
  const asked = request?.retainUntilMs;
  if (asked !== undefined && asked <= nowMs) {
    throw new CosError('InvalidArgument', { message: 'The retain until date must be in the future.' });
  }
  const retainUntilMs = asked ?? (days === undefined ? undefined : nowMs + days * DAY_MS);
  const legalHold = request?.legalHold ?? false;
  return retainUntilMs === undefined && request?.legalHold === undefined ? undefined : { retainUntilMs, legalHold };
}
