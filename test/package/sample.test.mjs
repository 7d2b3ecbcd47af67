/** The sample of `npm run test:package`: runs in an empty project, with the package as npm would install it. */
import COS from 'cos-nodejs-sdk-v5';
import { startCosette } from 'cosette/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const DAY_MS = 86_400_000;
let server;

beforeAll(async () => {
  server = await startCosette();
});
afterAll(() => server.stop());

it('sees an object expired once the clock is 31 days on', async () => {
  const cos = new COS(server.cos());
  const place = { Bucket: server.bucket('sample'), Region: server.credentials.region };
  await cos.putBucket(place);
  const Rules = [{ ID: 'month', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 30 } }];
  await cos.putBucketLifecycle({ ...place, Rules });
  await cos.putObject({ ...place, Key: 'tmp/a', Body: 'one' });
  await cos.putObject({ ...place, Key: 'kept', Body: 'two' });
  expect(await keys(cos, place)).toEqual(['kept', 'tmp/a']);
  await server.clock.advance(31 * DAY_MS);
  expect(await keys(cos, place)).toEqual(['kept']);
  await expect(cos.headObject({ ...place, Key: 'tmp/a' })).rejects.toMatchObject({ statusCode: 404 });
});

it('uploads again while it is told to slow down', async () => {
  const cos = new COS(server.cos());
  const place = { Bucket: server.bucket('retries'), Region: server.credentials.region };
  await cos.putBucket(place);
  server.faults.add({ match: { operations: ['PutObject'] }, when: { first: 2 }, effect: { error: 'SlowDown' } });
  const body = 'three times is enough';
  const sent = await withRetries(3, () => cos.putObject({ ...place, Key: 'report', Body: body }));
  expect(sent.statusCode).toBe(200);
  const statuses = server.requests({ operation: 'PutObject', key: 'report' }).map(({ status }) => status);
  expect(statuses).toEqual([503, 503, 200]);
  expect((await cos.getObject({ ...place, Key: 'report' })).Body.toString()).toBe(body);
});

it('finds the library of checksums that it loads when one is named', async () => {
  const cos = new COS(server.cos());
  const place = { Bucket: server.bucket('sums'), Region: server.credentials.region };
  await cos.putBucket({ ...place, ACL: 'public-read-write' });
  const put = (body) =>
    fetch(`${server.endpoint}/${place.Bucket}/k`, {
      method: 'PUT',
      headers: { 'x-amz-checksum-xxhash3': Buffer.from('78af5f94892f3950', 'hex').toString('base64') },
      body,
    });
  expect((await put('abd')).status).toBe(400);
  expect((await put('abc')).status).toBe(200);
});

/** What the application under test would have. */
async function withRetries(times, send) {
  for (let left = times; ; left -= 1) {
    try {
      return await send();
    } catch (error) {
      if (left === 1 || error.code !== 'SlowDown') throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function keys(cos, place) {
  return (await cos.getBucket(place)).Contents.map(({ Key }) => Key);
}
