import { expect, it } from 'vitest';
import { loadBucket } from '../model/buckets.ts';
import { openFixture } from '../model/fixture.ts';
import type { Services } from '../model/services.ts';
import type { ServiceContext } from './operation.ts';
import { type PutBucketInput, putBucket } from './put-bucket.ts';

const APPID = '1250000000';
const name = `other-${APPID}`;
const INPUT: PutBucketInput = {
  ...{ name, appid: APPID, region: 'ap-guangzhou', acl: 'private', grants: [], tags: [] },
  ...{ azConfig: undefined, archConfig: undefined, locationConstraint: undefined },
};
const regions = new Set(['ap-guangzhou', 'us-east-1', 'eu-west-1']);

async function open() {
  const { services: made } = await openFixture();
  const services: Services = { ...made, settings: { ...made.settings, regions } };
  const identity = { kind: 'root', appid: APPID, ownerUin: '100000000001', uin: '100000000001', secretId: 'AKID' };
  const context = { services, actions: putBucket.actions, identity, facts: {}, trace: {} } as unknown as ServiceContext;
  const put = (more: Partial<PutBucketInput>) => putBucket.run(context as never, { ...INPUT, ...more });
  const regionOf = async () => (await loadBucket(services, name)).record.region;
  return { put, regionOf };
}

it.each([
  [undefined, 'ap-guangzhou'],
  ['', 'ap-guangzhou'],
  ['ap-guangzhou', 'ap-guangzhou'],
  ['eu-west-1', 'eu-west-1'],
  ['us-east-1', 'us-east-1'],
])('where the host names no region, the location %s means %s', async (locationConstraint, region) => {
  const { put, regionOf } = await open();
  await put({ locationConstraint, anyLocation: true, looseLocation: true });
  expect(await regionOf()).toBe(region);
});

it('a location that is no region means none in particular, where the protocol says so', async () => {
  const { put, regionOf } = await open();
  await put({ locationConstraint: 'auto', looseLocation: true });
  expect(await regionOf()).toBe('ap-guangzhou');
});

it.each<[string, Partial<PutBucketInput>]>([
  ['another region than the host', { locationConstraint: 'eu-west-1' }],
  ['the same, whatever names are loose', { locationConstraint: 'us-east-1', looseLocation: true }],
  ['a region that is not served', { locationConstraint: 'eu-north-1', anyLocation: true }],
  ['a region that is not served, in COS', { locationConstraint: 'eu-north-1' }],
])('%s is refused', async (_, more) => {
  const { put } = await open();
  await expect(put(more)).rejects.toThrow(expect.objectContaining({ code: 'InvalidLocationConstraint' }));
});

it('a bucket is the same again in its own region alone', async () => {
  const { put } = await open();
  const again = { anyLocation: true, again: 'accept-same' } as const;
  await put({ ...again, locationConstraint: 'us-east-1' });
  await put({ ...again, locationConstraint: 'us-east-1' });
  await expect(put(again)).rejects.toThrow(expect.objectContaining({ code: 'BucketAlreadyOwnedByYou' }));
});
