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

/**
 * For configurations that cannot be together with object lock, asked for after it.
 * @param what as in "…cannot be set on a bucket with object lock"
 * @throws CosError BucketLocked
 */
export function refuseOnLocked(bucket: BucketRecord, what: string): void {
  if (bucket.objectLock === undefined) return;
  throw new CosError('BucketLocked', { message: `${what} cannot be set on a bucket with object lock.` });
}

/**
 * For what has to be so before object lock is enabled (spec/objects.md §7; of replication spec/buckets.md §25 alone).
 * @throws CosError InvalidBucketState
 */
export function requireLockable({ multiAz, objectLock, versioning, tiering, configs }: BucketRecord): void {
  if (multiAz === true) throw notLockable('Object lock is not offered for multi-AZ buckets.');
  if (objectLock !== undefined) return;
  if (versioning === 'suspended') throw notLockable('Object lock cannot be enabled while versioning is suspended.');
  if (tiering !== undefined) throw notLockable('Object lock cannot be enabled on a bucket with intelligent tiering.');
  if (configs?.includes('replication') === true) {
    throw notLockable('Object lock cannot be enabled on a bucket with replication.');
  }
}

function notLockable(message: string): CosError {
  return new CosError('InvalidBucketState', { message });
}
