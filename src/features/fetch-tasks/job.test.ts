import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIXTURE_BUCKET, type Fixture, openFixture, PLAIN } from '../../model/fixture.ts';
import { readObject } from '../../model/read-object.ts';
import { createServices, type Services } from '../../model/services.ts';
import type { OutboundPost } from '../../platform/outbound/post.ts';
import { FetchDesk, type NewTask } from './desk.ts';
import { FetchJob } from './job.ts';

let fixture: Fixture;
let services: Services;
let desk: FetchDesk;
let job: FetchJob;
let server: Server;
let base: string;
let answer: RequestListener;
let called: OutboundPost[];

const CONTEXT = { signal: new AbortController().signal, progress: () => undefined };

function open(privateAddresses = true): void {
  const { settings } = fixture.services;
  services = createServices({
    ...fixture.services,
    settings: { ...settings, origin: { ...settings.origin, privateAddresses } },
  });
  desk = new FetchDesk(services, 5);
  job = new FetchJob(
    services,
    desk,
    () => PLAIN,
    async (wanted) => {
      called.push(wanted);
      return { status: 200, contentType: undefined, body: Buffer.alloc(0) };
    },
  );
}

beforeEach(async () => {
  fixture = await openFixture();
  called = [];
  answer = (_, response) => response.end('content');
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  open();
});
afterEach(() => {
  server.close();
});

const task = (changes: Partial<NewTask> = {}): NewTask => ({
  ...{ url: `${base}/a`, key: 'a', md5: undefined, keep: false, successUrl: undefined, failureUrl: undefined },
  ...changes,
});

async function run(changes: Partial<NewTask> = {}) {
  const id = await desk.create(await fixture.bucket(), task(changes));
  await job.run(CONTEXT);
  return { id, shown: async () => (await desk.find(await fixture.bucket(), id))! };
}

const sizeOf = async (key: string) => (await readObject(services, await fixture.bucket(), key, undefined)).record.size;

describe('a task', () => {
  it('becomes an object, and is there no more after a week', async () => {
    const { shown, id } = await run();
    expect(await shown()).toMatchObject({ task: { status: 'done', code: 'Success' }, percent: 100 });
    expect(await sizeOf('a')).toBe(7);
    expect(desk.dueMs).toBeUndefined();
    fixture.clock.advance(8 * 24 * 3_600_000);
    await run({ key: 'b' });
    expect(await desk.find(await fixture.bucket(), id)).toBeUndefined();
  });

  it('is checked by its MD5', async () => {
    const md5 = (text: string) => createHash('md5').update(text).digest();
    const wrong = await run({ md5: md5('other') });
    expect(await wrong.shown()).toMatchObject({ task: { status: 'failed', code: 'BadDigest' }, percent: 0 });
    await expect(sizeOf('a')).rejects.toMatchObject({ code: 'NoSuchKey' });
    const right = await run({ md5: md5('content') });
    expect((await right.shown()).task.status).toBe('done');
  });

  it('leaves an object that is there where it shall, and replaces it otherwise', async () => {
    await run();
    answer = (_, response) => response.end('another content');
    expect((await (await run({ keep: true })).shown()).task).toMatchObject({ status: 'done' });
    expect(await sizeOf('a')).toBe(7);
    await run();
    expect(await sizeOf('a')).toBe(15);
  });

  it('is tried again where that may help, also in a new process', async () => {
    answer = (_, response) => response.writeHead(503).end();
    const { id, shown } = await run();
    expect((await shown()).task).toMatchObject({ status: 'waiting', attempts: 1 });
    answer = (_, response) => response.end('content');
    open();
    await job.run(CONTEXT);
    expect((await shown()).task.status).toBe('waiting');
    fixture.clock.advance(2_000);
    await job.run(CONTEXT);
    expect((await desk.find(await fixture.bucket(), id))!.task.status).toBe('done');
  });

  it('fails in the end', async () => {
    answer = (_, response) => response.writeHead(503).end();
    const { shown } = await run();
    for (let at = 0; at < 4; at++) {
      fixture.clock.advance(600_000);
      await job.run(CONTEXT);
    }
    expect((await shown()).task).toMatchObject({ status: 'failed', message: 'The server answered 503.' });
    answer = (_, response) => response.writeHead(404).end();
    expect((await (await run()).shown()).task).toMatchObject({ status: 'failed', attempts: 0 });
  });

  it('does not reach into private networks', async () => {
    open(false);
    let asked = 0;
    answer = (_, response) => {
      asked += 1;
      response.end();
    };
    const { shown } = await run();
    expect((await shown()).task.message).toContain('not public');
    expect(asked).toBe(0);
  });

  it('calls those who want to know', async () => {
    const urls = { successUrl: 'http://done.example.com/', failureUrl: 'http://failed.example.com/' };
    const { id } = await run(urls);
    await job.run(CONTEXT);
    answer = (_, response) => response.writeHead(404).end();
    await run({ ...urls, key: 'b' });
    await job.run(CONTEXT);
    expect(called.map(({ url }) => url.hostname)).toEqual(['done.example.com', 'failed.example.com']);
    expect(JSON.parse(called[0]!.body.toString())).toEqual({
      ...{ taskid: id, status: 'TASK_DONE', code: 'Success', message: '' },
      ...{ bucket: FIXTURE_BUCKET, key: 'a', url: `${base}/a` },
    });
    await job.run(CONTEXT);
    expect(called).toHaveLength(2);
  });
});

it('takes no more tasks than it can carry', async () => {
  const bucket = await fixture.bucket();
  for (let at = 0; at < 5; at++) await desk.create(bucket, task());
  await expect(desk.create(bucket, task())).rejects.toMatchObject({ code: 'SlowDown' });
});
