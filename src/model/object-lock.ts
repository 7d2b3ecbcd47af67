/** Object lock: versions that may not be changed or removed yet. Source: spec/objects.md §7, spec/buckets.md §25. */
import { CosError } from '../errors/cos-error.ts';
import type { LockMode, ObjectLock } from './records/attributes.ts';
import type { BucketRecord, DefaultRetention } from './records/bucket.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';

export const DAY_MS = 86_400_000;

/** What a write asks for. */
export interface LockRequest {
  /** ms since the epoch */
  readonly retainUntilMs: number | undefined;
  readonly legalHold: boolean | undefined;
  /** Of the retention; absent: COMPLIANCE */
  readonly mode?: LockMode;
}

export function isLocked(services: Services, record: ObjectRecord): boolean {
  const lock = record.attributes.extra?.lock;
  if (lock === undefined) return false;
  return lock.legalHold || isRetained(lock, services.clock.nowMs());
}

const isRetained = ({ retainUntilMs }: ObjectLock, nowMs: number): boolean =>
  retainUntilMs !== undefined && retainUntilMs > nowMs;

/**
 * @param bypassGovernance a retention of that mode does not count
 * @throws CosError ObjectLocked
 */
export function requireUnlocked(services: Services, record: ObjectRecord, bypassGovernance = false): void {
  if (!isLocked(services, record)) return;
  const { mode, legalHold } = record.attributes.extra!.lock!;
  if (bypassGovernance && mode === 'GOVERNANCE' && !legalHold) return;
  throw new CosError('ObjectLocked');
}

/** What PUT retention asks for. */
export interface RetentionRequest {
  /** undefined keeps the mode there is */
  readonly mode?: LockMode;
  /** ms since the epoch; undefined takes the retention away */
  readonly retainUntilMs: number | undefined;
}

/**
 * The lock with another retention. Nothing makes it weaker while it lasts, but a bypass one of GOVERNANCE.
 * @throws CosError AccessDenied, InvalidObjectLock
 */
export function withRetention(
  lock: ObjectLock,
  { mode: asked, retainUntilMs }: RetentionRequest,
  nowMs: number,
  bypassGovernance: boolean,
): ObjectLock {
  const { mode: before = 'COMPLIANCE', legalHold } = lock;
  const mode = asked ?? before;
  const bound = isRetained(lock, nowMs) && !(bypassGovernance && before === 'GOVERNANCE');
  if (retainUntilMs === undefined) {
    if (bound || !bypassGovernance) throw new CosError('AccessDenied', { message: 'Retention cannot be removed.' });
    return { retainUntilMs, legalHold };
  }
  const least = bound ? lock.retainUntilMs! : nowMs;
  if (retainUntilMs < least || (bound && mode !== before)) throw new CosError('InvalidObjectLock');
  return mode === 'GOVERNANCE' ? { retainUntilMs, legalHold, mode } : { retainUntilMs, legalHold };
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
  const asked = request?.retainUntilMs;
  if (asked !== undefined && asked <= nowMs) {
    throw new CosError('InvalidArgument', { message: 'The retain until date must be in the future.' });
  }
  const retainUntilMs = asked ?? defaultUntil(bucket.objectLock, nowMs);
  const legalHold = request?.legalHold ?? false;
  if (retainUntilMs === undefined && request?.legalHold === undefined) return undefined;
  const mode = asked === undefined ? bucket.objectLock.mode : request?.mode;
  return mode === 'GOVERNANCE' ? { retainUntilMs, legalHold, mode } : { retainUntilMs, legalHold };
}

const YEAR_MS = 365 * DAY_MS;

function defaultUntil({ days, years }: DefaultRetention, nowMs: number): number | undefined {
  if (days !== undefined) return nowMs + days * DAY_MS;
  return years === undefined ? undefined : nowMs + years * YEAR_MS;
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
 * @param needsVersioning only versions are locked, never the single object of a key
 * @throws CosError InvalidBucketState
 */
export function requireLockable(
  { multiAz, objectLock, versioning, tiering, configs }: BucketRecord,
  needsVersioning = false,
): void {
  if (multiAz === true) throw notLockable('Object lock is not offered for multi-AZ buckets.');
  if (objectLock !== undefined) return;
  if (needsVersioning && versioning !== 'enabled') {
    throw notLockable('Versioning must be enabled on the bucket before object lock is.');
  }
  if (versioning === 'suspended') throw notLockable('Object lock cannot be enabled while versioning is suspended.');
  if (tiering !== undefined) throw notLockable('Object lock cannot be enabled on a bucket with intelligent tiering.');
  if (configs?.includes('replication') === true) {
    throw notLockable('Object lock cannot be enabled on a bucket with replication.');
  }
}

function notLockable(message: string): CosError {
  return new CosError('InvalidBucketState', { message });
}
