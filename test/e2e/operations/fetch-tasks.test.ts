/** Tasks that fetch URLs into a bucket. Source: spec/buckets.md §30. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket } from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';
import { eventually, sendAside } from '../../support/side-host.ts';

const HOST = `${REGION}.migration.myqcloud.com`;
const BUCKET = `fetch-${APPID}`;

let server: ServerProcess;
let web: Receiver;
let send: Send;
beforeAll(async () => {
  web = await startReceiver();
  server = await startServerProcess({
    env: {
      COSETTE_ORIGIN_PRIVATE_ADDRESSES: 'true',
      COSETTE_CALLBACKS_ENABLED: 'true',
      COSETTE_CALLBACKS_HOSTS: '127.0.0.1',
      COSETTE_CALLBACKS_PRIVATE_ADDRESSES: 'true',
    },
  });
  send = await makeBucket(server, 'fetch');
  web.pages.set('/file', 'content of the page');
});
afterAll(async () => {
  web.close();
  await server.remove();
});

const create = (body: object | string, bucket = BUCKET, as?: null): Promise<Answer> =>
  sendAside(server, {
    ...{ method: 'POST', host: HOST, path: `/${bucket}/` },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(as === undefined ? {} : { as }),
  });
const show = (id: string, bucket = BUCKET) =>
  sendAside(server, { method: 'GET', host: HOST, path: `/${bucket}/${id}` });
const json = ({ text }: Answer) => JSON.parse(text);
const outcome = async (id: string) =>
  await eventually(
    async () => json(await show(id)).data,
    ({ status }) => status !== 'TASK_DOING',
  );

function expectRefusal(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, ...json(answer) }).toEqual({
    ...{ status, code },
    message: expect.any(String),
    request_id: answer.headers['x-cos-request-id'],
  });
  expect(answer.headers['content-type']).toBe('application/json');
}

describe('PutFetchTask', () => {
  it('fetches a page into an object, and tells how it ended', async () => {
    const MD5 = createHash('md5').update('content of the page').digest('hex');
    const answer = await create({
      Url: encodeURIComponent(`${web.url}/file`),
      Key: 'in/a',
      MD5,
      SuccessCallbackUrl: `${web.url}/done`,
    });
    expect(answer.status).toBe(200);
    const { taskid } = json(answer).data;
    expect(json(answer)).toEqual({
      ...{ code: 0, message: 'SUCCESS', request_id: answer.headers['x-cos-request-id'] },
      data: { taskid, taskId: taskid },
    });
    expect(await outcome(taskid)).toEqual({ code: 'Success', message: '', msg: '', percent: 100, status: 'TASK_DONE' });
    const object = await send({ method: 'GET', key: 'in/a' });
    expect([object.text, object.headers['content-type']]).toEqual(['content of the page', 'text/x-test']);
    const posted = await eventually(
      async () => web.posted.find(({ path }) => path === '/done'),
      (one) => one !== undefined,
    );
    expect(JSON.parse(posted!.body)).toMatchObject({ taskid, status: 'TASK_DONE', bucket: BUCKET, key: 'in/a' });
  });

  it('leaves the object that is there where it shall', async () => {
    await send({ method: 'PUT', key: 'kept', body: 'mine' });
    for (const how of [{ OnKeyExist: 'ignore' }, { IgnoreSameKey: true }]) {
      const { taskid } = json(await create({ Url: `${web.url}/file`, Key: 'kept', ...how })).data;
      expect((await outcome(taskid)).status).toBe('TASK_DONE');
      expect((await send({ method: 'GET', key: 'kept' })).text).toBe('mine');
    }
    const how = { OnKeyExist: 'override', IgnoreSameKey: true };
    const { taskid } = json(await create({ Url: `${web.url}/file`, Key: 'kept', ...how })).data;
    expect((await outcome(taskid)).status).toBe('TASK_DONE');
    expect((await send({ method: 'GET', key: 'kept' })).text).toBe('content of the page');
  });

  it('fails where the page is another or is not there', async () => {
    const MD5 = createHash('md5').update('another').digest('hex');
    const wrong = json(await create({ Url: `${web.url}/file`, Key: 'wrong', MD5 })).data.taskid;
    expect(await outcome(wrong)).toMatchObject({ status: 'TASK_FAILED', code: 'BadDigest' });
    const absent = json(await create({ Url: `${web.url}/none`, Key: 'wrong' })).data.taskid;
    expect(await outcome(absent)).toMatchObject({ status: 'TASK_FAILED', msg: 'The server answered 404.' });
    expect((await send({ method: 'HEAD', key: 'wrong' })).status).toBe(404);
  });

  it.each<[object | string]>([
    ['{'],
    ['[]'],
    [{ Key: 'a' }],
    [{ Url: 'http://a/' }],
    [{ Url: 'ftp://a/', Key: 'a' }],
    [{ Url: 'http://a/', Key: 'a', MD5: 'x' }],
    [{ Url: 'http://a/', Key: 'a', OnKeyExist: 'maybe' }],
    [{ Url: 'http://a/', Key: 'a', Speed: 1 }],
  ])('refuses %j', async (body) => {
    expectRefusal(await create(body), 400, 'InvalidArgument');
  });

  it('refuses whom it must', async () => {
    const task = { Url: `${web.url}/file`, Key: 'a' };
    expectRefusal(await create(task, BUCKET, null), 403, 'AccessDenied');
    expectRefusal(await create(task, `absent-${APPID}`), 404, 'NoSuchBucket');
    expectRefusal(await create(task, 'fetch'), 400, 'MissingAppid');
    expectRefusal(await create({ ...task, SuccessCallbackUrl: 'http://elsewhere.example.com/' }), 403, 'AccessDenied');
    const other = await sendAside(server, { method: 'PUT', host: HOST, path: `/${BUCKET}/` });
    expectRefusal(other, 405, 'MethodNotAllowed');
  });
});

describe('GetFetchTask', () => {
  it('knows no other tasks', async () => {
    await makeBucket(server, 'fetch-other');
    const { taskid } = json(await create({ Url: `${web.url}/file`, Key: 'b' })).data;
    expect((await outcome(taskid)).status).toBe('TASK_DONE');
    expectRefusal(await show(taskid, `fetch-other-${APPID}`), 400, 'InvalidArgument');
    expectRefusal(await show('1'), 400, 'InvalidArgument');
  });
});
