/** Event notifications and background jobs of a running server, managed with the commands. Source: spec/buckets.md §28. */
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, setVersioning } from '../support/buckets.ts';
import { expectError } from '../support/expect-error.ts';
import { clientOf, type Send } from '../support/http.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { APPID, SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { eventually } from '../support/side-host.ts';

const run = promisify(execFile);
const BUCKET = `notify-${APPID}`;
const SECRET = 'what both of us know';
const ENV = { COSETTE_CALLBACKS_PRIVATE_ADDRESSES: 'true' };

let server: ServerProcess;
let receiver: Receiver;
let send: Send;
beforeAll(async () => {
  receiver = await startReceiver();
  server = await startServerProcess({ env: ENV });
  send = await makeBucket(server, 'notify');
});
afterAll(async () => {
  receiver.close();
  await server.remove();
});

async function cosette(...args: string[]): Promise<string> {
  const ready = ['--ready-file', join(server.folder, 'ready.json')];
  const { stdout } = await run(process.execPath, ['dist/cli/main.js', ...args, ...ready], {
    env: { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID },
  });
  return stdout;
}

/** @returns what a command fails with */
async function failure(...args: string[]): Promise<string> {
  const outcome = await cosette(...args).then(
    (stdout) => ({ code: 0, stderr: stdout }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(outcome.code).toBe(1);
  return outcome.stderr;
}

const add = (rule: string, ...more: string[]) =>
  cosette('notify', 'add', BUCKET, rule, `${receiver.url}/${rule}`, ...more);

/** `<event> <key>` of what came to a path. */
const told = (rule: string) =>
  receiver.posted
    .filter(({ path }) => path === `/${rule}`)
    .map(({ body }) => {
      const { cos, event } = JSON.parse(body).Records[0];
      return `${event.eventName.split(':').slice(1).join(':')} ${cos.cosObject.key.replace(`/${APPID}/notify/`, '')}`;
    });
const wait = (rule: string, count: number) =>
  eventually(
    async () => told(rule),
    (list) => list.length >= count,
  );

describe('notifications', () => {
  it('tell of uploads, copies and deletions, signed with the secret', async () => {
    const file = join(server.folder, 'secret');
    writeFileSync(file, `${SECRET}\n`);
    const events = ['cos:ObjectCreated:*', 'cos:ObjectRemove:*'];
    expect(await add('all', '--event', ...events, '--prefix', 'in/', '--secret-file', file)).toBe(
      `rule all set: changes in ${BUCKET} are told to ${receiver.url}/all\n`,
    );
    await send({ method: 'PUT', key: 'in/a', body: 'one', headers: { 'x-cos-meta-colour': 'red' } });
    await send({ method: 'PUT', key: 'out/a', body: 'one' });
    const copySource = { 'x-cos-copy-source': `${BUCKET}.cos.ap-guangzhou.myqcloud.com/in/a` };
    await send({ method: 'PUT', key: 'in/b', headers: copySource });
    await send({ method: 'POST', key: 'in/c', query: { append: '', position: '0' }, body: 'x' });
    await send({ method: 'DELETE', key: 'in/a' });
    await wait('all', 4);
    expect(told('all').sort()).toEqual([
      'ObjectCreated:Append in/c',
      'ObjectCreated:Copy in/b',
      'ObjectCreated:Put in/a',
      'ObjectRemove:Delete in/a',
    ]);
    expect(told('all').indexOf('ObjectCreated:Put in/a')).toBeLessThan(told('all').indexOf('ObjectRemove:Delete in/a'));
    const first = receiver.posted.find(({ body }) => body.includes('ObjectCreated:Put'))!;
    expect(JSON.parse(first.body).Records[0].cos.cosObject.meta).toMatchObject({ 'x-cos-meta-colour': 'red' });
    const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(first.headers['x-cosette-signature']))!;
    expect(signature).toBe(createHmac('sha256', SECRET).update(`${seconds}.${first.body}`).digest('hex'));
    expect(first.headers['x-cosette-event-id']).toBe(String(JSON.parse(first.body).Records[0].event.reqid));
  });

  it('tell of delete markers and restores', async () => {
    await setVersioning(send, 'Enabled');
    await add('markers', '--event', 'cos:ObjectRemove:DeleteMarkerCreated', '--prefix', 'v/');
    await add('restores', '--event', 'cos:ObjectRestore:Post', '--prefix', 'v/');
    await send({ method: 'PUT', key: 'v/a', body: 'x', headers: { 'x-cos-storage-class': 'ARCHIVE' } });
    const body = '<RestoreRequest><Days>1</Days></RestoreRequest>';
    expect((await send({ method: 'POST', key: 'v/a', query: { restore: '' }, body })).status).toBe(202);
    await send({ method: 'DELETE', key: 'v/a' });
    await wait('markers', 1);
    await wait('restores', 1);
    expect([...told('markers'), ...told('restores')]).toEqual([
      'ObjectRemove:DeleteMarkerCreated v/a',
      'ObjectRestore:Post v/a',
    ]);
  });

  it('are delivered after a crash, in the order of each key', async () => {
    await add('late', '--event', 'cos:ObjectCreated:Put', '--prefix', 'late/');
    receiver.answer = ({ path }) => (path === '/late' ? 503 : 200);
    for (const body of ['1', '22', '333']) await send({ method: 'PUT', key: 'late/a', body });
    const failing = await eventually(
      async () => JSON.parse(await cosette('notify', 'list', BUCKET, '--json')) as { id: string; lastError?: string }[],
      (rules) => rules.find(({ id }) => id === 'late')?.lastError !== undefined,
    );
    expect(failing.find(({ id }) => id === 'late')).toMatchObject({ lastError: 'it answered 503' });
    await server.stop('SIGKILL');
    receiver.answer = () => 200;
    server = await startServerProcess({ folder: server.folder, env: ENV });
    send = clientOf(server, 'notify');
    await wait('late', 3);
    const sizes = receiver.posted
      .filter(({ path }) => path === '/late')
      .map(({ body }) => JSON.parse(body).Records[0].cos.cosObject.size);
    expect([...new Set(sizes)]).toEqual([1, 2, 3]);
  });

  it('are for one rule each', async () => {
    const conflict = (rule: string, ...more: string[]) =>
      failure('notify', 'add', BUCKET, rule, `${receiver.url}/x`, '--event', 'cos:ObjectCreated:Put', ...more);
    expect(await conflict('x1', '--prefix', 'in/deep/')).toContain('The notification rules conflict: x1 and all.');
    expect(await conflict('x2', '--prefix', 'late/', '--suffix', '.jpg')).toContain('conflict: x2 and late');
    expect(await conflict('x3')).toContain('conflict');
    expect(await failure('notify', 'add', BUCKET, 'x', 'ftp://x/', '--event', 'cos:ObjectCreated:Put')).toContain(
      'must be http or https',
    );
    expect(await failure('notify', 'list', `absent-${APPID}`)).toContain('bucket');
  });

  it('end with their rule', async () => {
    expect(await cosette('notify', 'remove', BUCKET, 'late')).toBe('rule late removed\n');
    expect(await failure('notify', 'remove', BUCKET, 'late')).toContain('no rule of that id');
    expect(await cosette('notify', 'list', BUCKET)).toMatch(
      /^RULE .*\nall +cos:ObjectCreated:\*,cos:ObjectRemove:\* +in\//,
    );
    const made = await add('fresh', '--event', 'cos:ObjectCreated:Put', '--prefix', 'fresh/');
    expect(made).toMatch(/\nsecret: [\w-]{32}\n$/);
  });

  it('have no request of their own', async () => {
    expectError(await send({ method: 'GET', query: { notification: '' } }), 501, 'NotImplemented');
    expectError(await send({ method: 'PUT', query: { notification: '' }, body: '<x/>' }), 501, 'NotImplemented');
  });
});

describe('jobs', () => {
  it('are listed, and run by hand', async () => {
    const text = await cosette('jobs', 'list');
    for (const name of ['lifecycle', 'notifications', 'batch', 'fetch-tasks']) {
      expect(text).toMatch(new RegExp(`^${name} `, 'm'));
    }
    expect(await cosette('jobs', 'run', 'lifecycle')).toContain('job lifecycle runs');
    const after = await eventually(
      async () =>
        JSON.parse(await cosette('jobs', 'list', '--json')) as { name: string; runs: number; ended?: string }[],
      (jobs) => (jobs.find(({ name }) => name === 'lifecycle')?.runs ?? 0) >= 2,
    );
    expect(after.find(({ name }) => name === 'lifecycle')?.ended).toMatch(/Z$/);
    expect(await failure('jobs', 'run', 'none')).toContain('no such job');
  });
});
