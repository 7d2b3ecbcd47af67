import { describe, expect, it } from 'vitest';
import { DAY_MS, lockFor, refuseOnLocked, requireLockable, requireUnlocked, withRetention } from './object-lock.ts';
import type { ObjectLock } from './records/attributes.ts';
import type { BucketRecord } from './records/bucket.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';

const BUCKET = { name: 'demo-1250000000', versioning: 'unset' } as BucketRecord;
const LOCKED: BucketRecord = { ...BUCKET, objectLock: { days: 3 } };

describe('requireLockable', () => {
  it.each<[string, Partial<BucketRecord>]>([
    ['zones', { multiAz: true }],
    ['suspended versioning', { versioning: 'suspended' }],
    ['intelligent tiering', { tiering: { days: 30 } }],
    ['replication', { configs: ['cors', 'replication'] }],
  ])('refuses a bucket with %s', (_, state) => {
    expect(() => requireLockable({ ...BUCKET, ...state })).toThrow(
      expect.objectContaining({ code: 'InvalidBucketState' }),
    );
  });

  it('asks for versioning where versions alone are locked', () => {
    expect(() => requireLockable(BUCKET, true)).toThrow(expect.objectContaining({ code: 'InvalidBucketState' }));
    expect(() => requireLockable({ ...BUCKET, versioning: 'enabled' }, true)).not.toThrow();
    expect(() => requireLockable(LOCKED, true)).not.toThrow();
  });

  it('takes the others, and one that is locked already', () => {
    expect(() => requireLockable(BUCKET)).not.toThrow();
    expect(() => requireLockable({ ...BUCKET, versioning: 'enabled', configs: ['cors'] })).not.toThrow();
    expect(() => requireLockable({ ...LOCKED, versioning: 'enabled' })).not.toThrow();
  });
});

describe('refuseOnLocked', () => {
  it('is for buckets with object lock', () => {
    expect(() => refuseOnLocked(BUCKET, 'Replication')).not.toThrow();
    expect(() => refuseOnLocked(LOCKED, 'Replication')).toThrow(expect.objectContaining({ code: 'BucketLocked' }));
  });
});

const NOW = 1_000_000;
const services = { clock: { nowMs: () => NOW } } as Services;
const code = (name: string) => expect.objectContaining({ code: name });

describe('withRetention', () => {
  const later = NOW + 1_000;
  const governance: ObjectLock = { mode: 'GOVERNANCE', retainUntilMs: later, legalHold: false };
  const compliance: ObjectLock = { retainUntilMs: later, legalHold: true };

  it('lengthens either mode, and keeps the mode and the hold', () => {
    expect(withRetention(governance, { retainUntilMs: later + 1 }, NOW, false)).toEqual({
      mode: 'GOVERNANCE',
      retainUntilMs: later + 1,
      legalHold: false,
    });
    expect(withRetention(compliance, { mode: 'COMPLIANCE', retainUntilMs: later }, NOW, false)).toEqual(compliance);
  });

  it.each<[string, ObjectLock, 'GOVERNANCE' | 'COMPLIANCE', number]>([
    ['a shorter time of GOVERNANCE', governance, 'GOVERNANCE', later - 1],
    ['another mode of GOVERNANCE', governance, 'COMPLIANCE', later + 1],
    ['a shorter time of COMPLIANCE', compliance, 'COMPLIANCE', later - 1],
    ['another mode of COMPLIANCE', compliance, 'GOVERNANCE', later + 1],
  ])('refuses %s, but where GOVERNANCE is bypassed', (_, lock, mode, retainUntilMs) => {
    const change = (bypass: boolean) => withRetention(lock, { mode, retainUntilMs }, NOW, bypass);
    expect(() => change(false)).toThrow(code('InvalidObjectLock'));
    if (lock === governance) expect(change(true)).toMatchObject({ retainUntilMs });
    else expect(() => change(true)).toThrow(code('InvalidObjectLock'));
  });

  it('takes it away where GOVERNANCE is bypassed, or its time has passed', () => {
    const none = { retainUntilMs: undefined };
    expect(withRetention(governance, none, NOW, true)).toEqual({ retainUntilMs: undefined, legalHold: false });
    expect(() => withRetention(governance, none, NOW, false)).toThrow(code('AccessDenied'));
    expect(() => withRetention(compliance, none, NOW, true)).toThrow(code('AccessDenied'));
    expect(withRetention(compliance, none, later, true)).toEqual({ retainUntilMs: undefined, legalHold: true });
  });

  it('is for the future, whatever is bypassed', () => {
    expect(() => withRetention(governance, { retainUntilMs: NOW - 1 }, NOW, true)).toThrow(code('InvalidObjectLock'));
  });
});

describe('requireUnlocked', () => {
  const version = (lock: ObjectLock) => ({ attributes: { extra: { lock } } }) as ObjectRecord;
  const retainUntilMs = NOW + 1;

  it('lets a bypass through to retentions of GOVERNANCE alone', () => {
    const governance = version({ mode: 'GOVERNANCE', retainUntilMs, legalHold: false });
    expect(() => requireUnlocked(services, governance)).toThrow(code('ObjectLocked'));
    expect(() => requireUnlocked(services, governance, true)).not.toThrow();
    const held = version({ mode: 'GOVERNANCE', retainUntilMs, legalHold: true });
    expect(() => requireUnlocked(services, held, true)).toThrow(code('ObjectLocked'));
    const compliance = version({ retainUntilMs, legalHold: false });
    expect(() => requireUnlocked(services, compliance, true)).toThrow(code('ObjectLocked'));
    expect(() => requireUnlocked(services, version({ retainUntilMs: NOW, legalHold: false }))).not.toThrow();
  });
});

describe('lockFor', () => {
  it('takes mode and time of the default retention together', () => {
    const bucket: BucketRecord = { ...BUCKET, objectLock: { days: undefined, years: 1, mode: 'GOVERNANCE' } };
    const year = { mode: 'GOVERNANCE', retainUntilMs: NOW + 365 * DAY_MS, legalHold: false };
    expect(lockFor(services, bucket, undefined)).toEqual(year);
    expect(lockFor(services, bucket, { retainUntilMs: undefined, legalHold: true })).toEqual({
      ...year,
      legalHold: true,
    });
    // Who names a time of his own names its mode.
    const own = { retainUntilMs: NOW + 5, legalHold: undefined };
    expect(lockFor(services, bucket, own)).toEqual({ retainUntilMs: NOW + 5, legalHold: false });
  });
});
