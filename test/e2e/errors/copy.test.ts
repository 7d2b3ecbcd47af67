/** PUT Object - Copy and Upload Part - Copy: what is wrong with the source. Source: spec/objects.md §6.4, §8.6, §11.4. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initiate, makeBucket, put, putParts } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Answer, Send } from '../../support/http.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const PAST = 'Tue, 01 Jan 2019 00:00:00 GMT';
const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT';
const OTHER_ETAG = '"00000000000000000000000000000000"';

let server: ServerProcess;
let send: Send;
let versioned: Send;
let uploadId: string;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-single-upload-bytes', '100', '--limits-min-part-bytes', '1'] });
  send = await makeBucket(server, 'copy');
  versioned = await makeBucket(server, 'copy-versions', { versioning: 'Enabled' });
  await put(send, 'source', 'hello');
  uploadId = await initiate(send, 'target');
});
afterAll(() => server.remove());

/** Both copies of one source. */
async function copies(source: string, headers: Record<string, string> = {}): Promise<Answer[]> {
  const all = { 'x-cos-copy-source': source, ...headers };
  return [
    await send({ method: 'PUT', key: 'target', headers: all }),
    await send({ method: 'PUT', key: 'target', query: { partNumber: '1', uploadId }, headers: all }),
  ];
}

const nothing = async () => expectHeadError(await send({ method: 'HEAD', key: 'target' }), 404);

describe('sources', () => {
  it('that cannot be read as one', async () => {
    const host = `copy-${APPID}.cos.${REGION}.myqcloud.com`;
    for (const source of [
      host,
      `${host}/`,
      '/',
      'key',
      '/key',
      '//key',
      `/copy-${APPID}/`,
      `${host}/%zz`,
      'a_b/key',
      `${host}/source?versionid`,
    ]) {
      for (const answer of await copies(source)) expectError(answer, 400, 'InvalidCopySource');
    }
    await nothing();
  });

  it('that are not there', async () => {
    for (const answer of await copies(`/copy-${APPID}/absent`)) expectError(answer, 404, 'NoSuchCopySource');
    for (const answer of await copies(`/nowhere-${APPID}/k`)) expectError(answer, 404, 'NoSuchBucket');
    await nothing();
  });

  it('whose newest version is a delete marker, or that name one, or no version', async () => {
    const from = `/copy-versions-${APPID}/gone`;
    await put(versioned, 'gone', 'hello');
    const marker = (await done(versioned, { method: 'DELETE', key: 'gone' })).headers['x-cos-version-id'];
    for (const answer of await copies(from)) expectError(answer, 404, 'NoSuchCopySource');
    for (const answer of await copies(`${from}?versionId=${marker}`)) expectError(answer, 400, 'InvalidRequest');
    for (const answer of await copies(`${from}?versionId=MTg0`)) expectError(answer, 400, 'NoSuchVersion');
    await nothing();
  });

  it('that are appendable', async () => {
    await done(send, { method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'hello' });
    for (const answer of await copies(`/copy-${APPID}/log`)) expectError(answer, 400, 'InvalidRequest');
    await nothing();
  });

  it('larger than what one request may write', async () => {
    await putParts(send, 'large', ['x'.repeat(100), 'y']);
    for (const answer of await copies(`/copy-${APPID}/large`)) expectError(answer, 400, 'EntityTooLarge');
    const range = { 'x-cos-copy-source-range': 'bytes=0-100' };
    expectError((await copies(`/copy-${APPID}/large`, range))[1]!, 400, 'EntityTooLarge');
    await nothing();
  });

  it('that the caller may not read', async () => {
    const open = await makeBucket(server, 'open', { acl: 'public-read-write' });
    const headers = { 'x-cos-copy-source': `/copy-${APPID}/source` };
    const part = { partNumber: '1', uploadId: await initiate(open, 'k') };
    for (const query of [{}, part]) {
      const answer = await open({ method: 'PUT', key: 'k', query, headers, signed: false });
      expectError(answer, 403, 'AccessDenied');
      const hidden = { 'x-cos-copy-source': `/copy-${APPID}/absent` };
      expectError(await open({ method: 'PUT', key: 'k', query, headers: hidden, signed: false }), 403, 'AccessDenied');
    }
    expectHeadError(await open({ method: 'HEAD', key: 'k' }), 404);
  });
});

describe('conditions', () => {
  it('all fail with 412, never with 304', async () => {
    const { etag } = (await send({ method: 'HEAD', key: 'source' })).headers;
    const failing: readonly Record<string, string>[] = [
      { 'x-cos-copy-source-If-Match': OTHER_ETAG },
      { 'x-cos-copy-source-If-None-Match': etag! },
      { 'x-cos-copy-source-If-Modified-Since': FUTURE },
      { 'x-cos-copy-source-If-Unmodified-Since': PAST },
      { 'x-cos-copy-source-If-None-Match': etag!, 'x-cos-copy-source-If-Modified-Since': PAST },
    ];
    for (const headers of failing) {
      const answers = await copies(`/copy-${APPID}/source`, headers);
      for (const answer of answers) expectError(answer, 412, 'PreconditionFailed');
    }
    await nothing();
    const holds = { 'x-cos-copy-source-If-Match': etag!, 'x-cos-copy-source-If-Unmodified-Since': PAST };
    for (const answer of await copies(`/copy-${APPID}/source`, holds)) expect(answer.status).toBe(200);
    await done(send, { method: 'DELETE', key: 'target' });
  });
});

describe('ranges of Upload Part - Copy', () => {
  it('that the source does not have', async () => {
    for (const range of ['bytes=0-5', 'bytes=5-5', 'bytes=99-100']) {
      const headers = { 'x-cos-copy-source-range': range };
      expectError((await copies(`/copy-${APPID}/source`, headers))[1]!, 416, 'InvalidRange');
      await done(send, { method: 'DELETE', key: 'target' });
    }
  });
});
