import { expect, it } from 'vitest';
import { type BucketRecord, packBucket, unpackBucket } from './bucket.ts';
import { pack } from './pack.ts';

const PLAIN: BucketRecord = {
  id: Buffer.from('0006400000000001', 'hex'),
  name: 'demo-1250000000',
  appid: '1250000000',
  ownerUin: '100000000001',
  region: 'ap-guangzhou',
  createdMs: 1_764_000_000_000,
  acl: 'public-read',
  versioning: 'suspended',
};

it.each<[string, Partial<BucketRecord>]>([
  ['nothing more', {}],
  ['zones', { multiAz: true }],
  ['a lock', { objectLock: { days: undefined } }],
  ['a lock with days, and rules', { objectLock: { days: 3 }, configs: ['cors'] }],
  ['a lock of GOVERNANCE with days', { objectLock: { days: 3, mode: 'GOVERNANCE' } }],
  ['a lock with years', { objectLock: { days: undefined, years: 2 } }],
  ['a lock of GOVERNANCE with years', { objectLock: { days: undefined, years: 2, mode: 'GOVERNANCE' } }],
  ['rules', { configs: ['cors'] }],
  ['configurations, zones, and a deletion', { configs: ['acl', 'policy'], multiAz: true, deletingBy: 'p' }],
  ['tiering', { tiering: { days: 60 } }],
  ['acceleration, and configurations', { accelerate: 'suspended', configs: ['cors'] }],
  [
    'encryption, acceleration and a lock',
    {
      encryption: { mode: 'kms', keyId: 'k', kmsAlgorithm: 'AES256', bucketKeyEnabled: false },
      accelerate: 'enabled',
      objectLock: { days: 3 },
    },
  ],
  ['ownership', { ownership: 'enforced' }],
  [
    'a public access block, acceleration and ownership',
    {
      accelerate: 'enabled',
      ownership: 'writer',
      publicAccess: { blockAcls: true, ignoreAcls: false, blockPolicy: true, restrictBuckets: false },
    },
  ],
  [
    'a public access block alone',
    { publicAccess: { blockAcls: false, ignoreAcls: true, blockPolicy: false, restrictBuckets: true } },
  ],
  [
    'encryption without more',
    { encryption: { mode: 'cos', keyId: undefined, kmsAlgorithm: undefined, bucketKeyEnabled: undefined } },
  ],
])('a bucket with %s comes back unchanged', (_, more) => {
  expect(unpackBucket(packBucket({ ...PLAIN, ...more }))).toEqual({ ...PLAIN, ...more });
});

it('reads the rows of the first release', () => {
  const { id, name, appid, ownerUin, region, createdMs } = PLAIN;
  expect(unpackBucket(pack([1, id, name, appid, ownerUin, region, createdMs, 1, 2, null]))).toEqual(PLAIN);
});

it('reads the rows whose locks had days alone', () => {
  const { id, name, appid, ownerUin, region, createdMs } = PLAIN;
  const row = pack([1, id, name, appid, ownerUin, region, createdMs, 1, 2, null, false, [30]]);
  expect(unpackBucket(row)).toEqual({ ...PLAIN, objectLock: { days: 30 } });
});

it('reads the rows whose CORS rules were a number', () => {
  const { id, name, appid, ownerUin, region, createdMs } = PLAIN;
  const row = pack([1, id, name, appid, ownerUin, region, createdMs, 1, 2, null, false, null, 2]);
  expect(unpackBucket(row)).toEqual({ ...PLAIN, configs: ['cors'] });
});

it('reads the rows whose features ended with acceleration', () => {
  const { id, name, appid, ownerUin, region, createdMs } = PLAIN;
  const row = pack([1, id, name, appid, ownerUin, region, createdMs, 1, 2, null, false, null, null, [null, 30, true]]);
  expect(unpackBucket(row)).toEqual({ ...PLAIN, tiering: { days: 30 }, accelerate: 'enabled' });
});
