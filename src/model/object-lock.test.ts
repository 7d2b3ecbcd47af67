import { describe, expect, it } from 'vitest';
import { refuseOnLocked, requireLockable } from './object-lock.ts';
import type { BucketRecord } from './records/bucket.ts';

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
