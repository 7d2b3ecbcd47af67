import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { deleteBucket } from '../../model/buckets.ts';
import { FIXTURE_BUCKET, type Fixture, openFixture } from '../../model/fixture.ts';
import { afterPrefix, ORIGIN_PULLS } from '../../model/keys.ts';
import { readObject } from '../../model/read-object.ts';
import type { Services } from '../../model/services.ts';
import { OriginJob } from './job.ts';
import type { PullPlan } from './pull.ts';
import { MAX_QUEUED, queuePull } from './queue.ts';

let fixture: Fixture;
let services: Services;
let server: Server;
let plan: PullPlan;
let status = 200;
let asked = 0;
beforeEach(async () => {
  fixture = await openFixture();
  const origin = { ...fixture.services.settings.origin, privateAddresses: true };
  services = { ...fixture.services, settings: { ...fixture.services.settings, origin } };
  [status, asked] = [200, 0];
  server = createServer((_, response) => {
    asked += 1;
    response.writeHead(status).end('pulled');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bases = [`http://127.0.0.1:${(server.address() as AddressInfo).port}`];
  plan = { bases, path: '/k', headers: ['x-a', '1'], redirects: { headers: [], decode: false }, standbyCodes: [403] };
});
afterEach(() => server.close());

const newJob = () =>
  new OriginJob(services, () => ({
    headers: { contentType: 'a/b' },
    userMeta: [],
    storageClass: undefined,
    acl: 'default',
  }));
const queue = async (key = 'k') => queuePull(services, await fixture.bucket(), key, plan);
const rows = async () =>
  (await services.store.meta.scan({ from: ORIGIN_PULLS, to: afterPrefix(ORIGIN_PULLS), limit: 10 })).rows.length;
const nowMs = () => services.clock.nowMs();
const isDue = (job: OriginJob) => (job.due(nowMs()) ?? Number.POSITIVE_INFINITY) <= nowMs();
const run = (job: OriginJob, signal = new AbortController().signal) => job.run({ signal, progress: () => undefined });

it('is due at the start, and when something is written down', async () => {
  const job = newJob();
  expect(isDue(job)).toBe(true);
  await run(job);
  expect(job.due(nowMs())).toBeUndefined();
  await queue();
  expect(isDue(job)).toBe(true);
});

it('stores the object, and asks once for what is written down twice', async () => {
  await queue();
  await queue();
  expect(await rows()).toBe(1);
  const job = newJob();
  await run(job);
  expect([await rows(), asked]).toEqual([0, 1]);
  const { record } = await readObject(services, await fixture.bucket(), 'k', undefined);
  expect([record.size, record.attributes.headers.contentType]).toEqual([6, 'a/b']);
});

it('tries again after pauses that grow, and gives up at last', async () => {
  await queue();
  const job = newJob();
  status = 500;
  const pauses: number[] = [];
  while ((await rows()) > 0) {
    await run(job);
    const dueMs = job.due(nowMs());
    if (dueMs === undefined) break;
    pauses.push(dueMs - nowMs());
    await run(job);
    fixture.clock.advance(dueMs - nowMs());
  }
  expect(pauses).toEqual([2_000, 4_000, 8_000]);
  expect([await rows(), asked]).toEqual([0, 4]);
});

it('takes a 404 for an answer', async () => {
  await queue();
  status = 404;
  await run(newJob());
  expect([await rows(), asked]).toEqual([0, 1]);
});

it('forgets what belongs to a bucket that is gone', async () => {
  await queue();
  await deleteBucket(services, FIXTURE_BUCKET);
  await run(newJob());
  expect([await rows(), asked]).toEqual([0, 0]);
});

it('waits while as many pulls run as may', async () => {
  await queue();
  const taken = Array.from({ length: 64 }, () => services.origin.slots.take()!);
  const job = newJob();
  await run(job);
  expect([await rows(), asked, isDue(job)]).toEqual([1, 0, false]);
  for (const release of taken) release();
  fixture.clock.advance(2_000);
  expect(isDue(job)).toBe(true);
  await run(job);
  expect([await rows(), asked]).toEqual([0, 1]);
});

it('leaves its rows to the next start when the server closes', async () => {
  await queue();
  const stop = new AbortController();
  stop.abort();
  await run(newJob(), stop.signal);
  await services.origin.stop();
  await run(newJob());
  expect(await rows()).toBe(1);
});

it('writes down no more than there is room for', async () => {
  services.origin.queued = MAX_QUEUED;
  await queue();
  expect(await rows()).toBe(0);
});
