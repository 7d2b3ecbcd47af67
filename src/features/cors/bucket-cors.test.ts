import { beforeEach, expect, it, vi } from 'vitest';
import { bucketConfig, hasConfig, writeBucketConfig } from '../../model/bucket-configs.ts';
import { deleteBucket } from '../../model/buckets.ts';
import { FIXTURE_BUCKET, type Fixture, openFixture } from '../../model/fixture.ts';
import { afterPrefix } from '../../model/keys.ts';
import { BUCKET_CORS, bucketCors } from './bucket-cors.ts';
import type { CorsConfiguration } from './rules.ts';

const allow = (origin: string, vary?: boolean): CorsConfiguration => ({
  rules: [{ id: undefined, origins: [origin], methods: ['GET'], headers: [], expose: [], maxAge: undefined }],
  vary,
});

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
const write = (rules: CorsConfiguration | undefined) =>
  writeBucketConfig(fixture.services, FIXTURE_BUCKET, BUCKET_CORS, rules);
const cors = async () => bucketCors(fixture.services, await fixture.bucket());
const originFor = async (origin: string) => (await cors())?.matcher.actual(origin, 'GET')?.origin;

it('is known to the next request, and is gone with the next', async () => {
  expect(await cors()).toBeUndefined();
  await write(allow('a'));
  expect([await originFor('a'), await originFor('b')]).toEqual(['a', undefined]);
  await write(allow('b'));
  expect([await originFor('a'), await originFor('b')]).toEqual([undefined, 'b']);
  expect(hasConfig(await fixture.bucket(), BUCKET_CORS)).toBe(true);
  await write(undefined);
  expect(await cors()).toBeUndefined();
  expect((await fixture.bucket()).record.configs).toBeUndefined();
  expect(await bucketConfig(fixture.services, await fixture.bucket(), BUCKET_CORS)).toBeUndefined();
});

it('tells whether answers vary', async () => {
  await write(allow('a', false));
  expect((await cors())?.vary).toBe(false);
  await write(allow('a', true));
  expect((await cors())?.vary).toBe(true);
});

it('is read once for a state of the bucket, and not at all where there is none', async () => {
  const { services } = fixture;
  const bare = await fixture.bucket();
  const get = vi.spyOn(services.store.meta, 'get');
  expect(await bucketCors(services, bare)).toBeUndefined();
  expect(get).not.toHaveBeenCalled();
  await write(allow('a'));
  const entry = await fixture.bucket();
  get.mockClear();
  const [first, second] = await Promise.all([bucketCors(services, entry), bucketCors(services, entry)]);
  expect(first).toBe(second);
  expect(await bucketCors(services, entry)).toBe(first);
  expect(get).toHaveBeenCalledTimes(1);
});

it('is read again after a read that failed', async () => {
  await write(allow('a'));
  const entry = await fixture.bucket();
  vi.spyOn(fixture.services.store.meta, 'get').mockRejectedValueOnce(new Error('disk'));
  await expect(bucketCors(fixture.services, entry)).rejects.toThrow('disk');
  expect((await bucketCors(fixture.services, entry))?.matcher.actual('a', 'GET')?.origin).toBe('a');
});

it('leaves no row behind when the bucket is deleted', async () => {
  const { services } = fixture;
  const rows = async () => {
    const from = Buffer.from('g');
    return (await services.store.meta.scan({ from, to: afterPrefix(from), limit: 10 })).rows.length;
  };
  await write(allow('a'));
  expect(await rows()).toBe(1);
  await deleteBucket(services, FIXTURE_BUCKET);
  expect(await rows()).toBe(0);
});

it('waits for a deletion that has begun, so that the bucket is not left half deleted', async () => {
  const outcomes = await Promise.allSettled([
    deleteBucket(fixture.services, FIXTURE_BUCKET),
    write(allow('a')),
    write(allow('b')),
  ]);
  expect(outcomes[0]?.status).toBe('fulfilled');
  await expect(fixture.bucket()).rejects.toMatchObject({ code: 'NoSuchBucket' });
});
