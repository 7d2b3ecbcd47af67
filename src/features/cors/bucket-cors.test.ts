import { beforeEach, expect, it, vi } from 'vitest';
import { deleteBucket } from '../../model/buckets.ts';
import { FIXTURE_BUCKET, type Fixture, openFixture } from '../../model/fixture.ts';
import { afterPrefix } from '../../model/keys.ts';
import { corsMatcher, deleteCors, readCors, writeCors } from './bucket-cors.ts';
import type { CorsConfiguration } from './rules.ts';

const allow = (origin: string, vary?: boolean): CorsConfiguration => ({
  rules: [{ id: undefined, origins: [origin], methods: ['GET'], headers: [], expose: [], maxAge: undefined }],
  vary,
});

let fixture: Fixture;
beforeEach(async () => {
  fixture = await openFixture();
});
const matcher = async () => corsMatcher(fixture.services, await fixture.bucket());
const originFor = async (origin: string) => (await matcher())?.actual(origin, 'GET')?.origin;

it('is known to the next request, and is gone with the next', async () => {
  const { services } = fixture;
  expect(await matcher()).toBeUndefined();
  await writeCors(services, FIXTURE_BUCKET, allow('a'));
  expect([await originFor('a'), await originFor('b')]).toEqual(['a', undefined]);
  await writeCors(services, FIXTURE_BUCKET, allow('b'));
  expect([await originFor('a'), await originFor('b')]).toEqual([undefined, 'b']);
  await deleteCors(services, FIXTURE_BUCKET);
  expect(await matcher()).toBeUndefined();
  expect((await fixture.bucket()).record.cors).toBeUndefined();
  expect(await readCors(services, await fixture.bucket())).toBeUndefined();
});

it('is flagged on the record', async () => {
  const { services } = fixture;
  await writeCors(services, FIXTURE_BUCKET, allow('a', false));
  expect((await fixture.bucket()).record.cors).toBe('plain');
  await writeCors(services, FIXTURE_BUCKET, allow('a', true));
  expect((await fixture.bucket()).record.cors).toBe('vary');
});

it('is read once for a state of the bucket, and not at all without the flag', async () => {
  const { services } = fixture;
  const bare = await fixture.bucket();
  const get = vi.spyOn(services.store.meta, 'get');
  expect(await corsMatcher(services, bare)).toBeUndefined();
  expect(get).not.toHaveBeenCalled();
  await writeCors(services, FIXTURE_BUCKET, allow('a'));
  const entry = await fixture.bucket();
  get.mockClear();
  const [first, second] = await Promise.all([corsMatcher(services, entry), corsMatcher(services, entry)]);
  expect(first).toBe(second);
  expect(await corsMatcher(services, entry)).toBe(first);
  expect(get).toHaveBeenCalledTimes(1);
});

it('is read again after a read that failed', async () => {
  const { services } = fixture;
  await writeCors(services, FIXTURE_BUCKET, allow('a'));
  const entry = await fixture.bucket();
  vi.spyOn(services.store.meta, 'get').mockRejectedValueOnce(new Error('disk'));
  await expect(corsMatcher(services, entry)).rejects.toThrow('disk');
  expect((await corsMatcher(services, entry))?.actual('a', 'GET')?.origin).toBe('a');
});

it('leaves no row behind when the bucket is deleted', async () => {
  const { services } = fixture;
  const rows = async () => {
    const from = Buffer.from('g');
    return (await services.store.meta.scan({ from, to: afterPrefix(from), limit: 10 })).rows.length;
  };
  await writeCors(services, FIXTURE_BUCKET, allow('a'));
  expect(await rows()).toBe(1);
  await deleteBucket(services, FIXTURE_BUCKET);
  expect(await rows()).toBe(0);
});

it('waits for a deletion that has begun, so that the bucket is not left half deleted', async () => {
  const { services } = fixture;
  const outcomes = await Promise.allSettled([
    deleteBucket(services, FIXTURE_BUCKET),
    writeCors(services, FIXTURE_BUCKET, allow('a')),
    writeCors(services, FIXTURE_BUCKET, allow('b')),
  ]);
  expect(outcomes[0]?.status).toBe('fulfilled');
  await expect(fixture.bucket()).rejects.toMatchObject({ code: 'NoSuchBucket' });
});
