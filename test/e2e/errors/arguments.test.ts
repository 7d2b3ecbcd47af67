/** Values outside what an operation takes, and requests that contradict themselves. Source: spec/objects.md §14. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { initiate, makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Send, Sent } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let uploadId: string;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'arguments');
  await put(send, 'k', 'hello');
  await done(send, { method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'hello' });
  uploadId = await initiate(send, 'k');
});
afterAll(() => server.remove());

const putNew = (headers: Record<string, string>): Sent => ({ method: 'PUT', key: 'new', body: 'x', headers });
const copy = (headers: Record<string, string>): Sent => ({
  method: 'PUT',
  key: 'new',
  headers: { 'x-cos-copy-source': `/arguments-${APPID}/k`, ...headers },
});

describe('InvalidArgument', () => {
  it('parameters', async () => {
    const list = (query: Record<string, string>): Sent => ({ method: 'GET', query });
    const append = (position: Record<string, string>): Sent => ({
      method: 'POST',
      key: 'log',
      query: { append: '', ...position },
      body: 'x',
    });
    const part = (query: Record<string, string>): Sent => ({
      method: 'PUT',
      key: 'k',
      query: { ...query, uploadId },
      body: 'x',
    });
    const parts = (query: Record<string, string>): Sent => ({ method: 'GET', key: 'k', query: { uploadId, ...query } });
    const all: readonly Sent[] = [
      append({}),
      append({ position: '' }),
      append({ position: '-1' }),
      append({ position: '1.5' }),
      append({ position: 'end' }),
      part({ partNumber: '0' }),
      part({ partNumber: '10001' }),
      part({ partNumber: '-1' }),
      part({ partNumber: 'one' }),
      part({ partNumber: '' }),
      parts({ 'max-parts': '0' }),
      parts({ 'max-parts': 'many' }),
      parts({ 'encoding-type': 'base64' }),
      parts({ 'part-number-marker': 'x' }),
      list({ uploads: '', 'max-uploads': 'many' }),
      list({ uploads: '', 'encoding-type': 'base64' }),
      { method: 'GET', key: 'k', query: { partNumber: '0' } },
      { method: 'GET', key: 'k', query: { partNumber: 'x' } },
      { method: 'GET', key: 'k', query: { 'response-content-type': 'a\r\nb: c' } },
    ];
    for (const sent of all) expectError(await send(sent), 400, 'InvalidArgument');
    expectHeadError(await send({ method: 'HEAD', key: 'k', query: { partNumber: '0' } }), 400);
    expectError(await send(list({ uploads: '', delimiter: 'ab' })), 400, 'InvalidDelimiter');
  });

  it('headers of writes', async () => {
    const day = new Date(Date.now() + 86_400_000).toISOString();
    const bad: readonly Record<string, string>[] = [
      { 'x-cos-acl': 'public' },
      { 'x-cos-grant-read': 'somebody' },
      { 'x-cos-grant-full-control': 'id="no number"' },
      { 'x-cos-grant-write': 'id="100000000002"' },
      { 'x-cos-meta-under_score': 'x' },
      { 'x-cos-forbid-overwrite': 'maybe' },
      { 'x-cos-server-side-encryption': 'AES789' },
      { 'x-cos-server-side-encryption-cos-kms-key-id': 'key' },
      { 'x-cos-object-lock-mode': 'GOVERNANCE', 'x-cos-object-lock-retain-until-date': day },
      { 'x-cos-object-lock-mode': 'COMPLIANCE' },
      { 'x-cos-object-lock-mode': 'COMPLIANCE', 'x-cos-object-lock-retain-until-date': 'tomorrow' },
      { 'x-cos-object-lock-legal-hold': 'MAYBE' },
    ];
    for (const headers of bad) {
      expectError(await send(putNew(headers)), 400, 'InvalidArgument');
      const initiate = { method: 'POST', key: 'new', query: { uploads: '' }, headers };
      expectError(await send(initiate), 400, 'InvalidArgument');
      expectError(await send(copy(headers)), 400, 'InvalidArgument');
    }
    expectHeadError(await send({ method: 'HEAD', key: 'new' }), 404);
  });

  it('traffic limits', async () => {
    for (const limit of ['819199', '838860801', '0', 'fast', '1e6', '-819200']) {
      const headers = { 'x-cos-traffic-limit': limit };
      const query = { 'x-cos-traffic-limit': limit };
      expectError(await send(putNew(headers)), 400, 'InvalidArgument');
      expectError(await send({ method: 'PUT', key: 'new', body: 'x', query }), 400, 'InvalidArgument');
      expectError(await send({ method: 'GET', key: 'k', headers }), 400, 'InvalidArgument');
      const part = { method: 'PUT', key: 'k', query: { partNumber: '1', uploadId }, body: 'x', headers };
      expectError(await send(part), 400, 'InvalidArgument');
    }
    expectHeadError(await send({ method: 'HEAD', key: 'new' }), 404);
  });

  it('directives and ranges of copies', async () => {
    expectError(await send(copy({ 'x-cos-metadata-directive': 'Merge' })), 400, 'InvalidArgument');
    expectError(await send(copy({ 'x-cos-tagging-directive': 'Merge' })), 400, 'InvalidArgument');
    for (const range of ['bytes=0-', 'bytes=-5', '0-4', 'bytes=3-1', 'bytes=a-b']) {
      const headers = { 'x-cos-copy-source-range': range };
      const sent = { ...copy(headers), key: 'k', query: { partNumber: '1', uploadId } };
      expectError(await send(sent), 400, 'InvalidArgument');
    }
  });

  it('values in XML', async () => {
    const restore = (inner: string): Sent => ({
      method: 'POST',
      key: 'k',
      query: { restore: '' },
      body: `<RestoreRequest>${inner}</RestoreRequest>`,
    });
    expectError(await send(restore('<Days>0</Days>')), 400, 'InvalidArgument');
    expectError(await send(restore('<Days>-3</Days>')), 400, 'InvalidArgument');
    const tier = '<Days>1</Days><CASJobParameters><Tier>Warp</Tier></CASJobParameters>';
    expectError(await send(restore(tier)), 400, 'InvalidArgument');
  });

  it('more parts than an upload can have', async () => {
    const listed = Array.from(
      { length: 10_001 },
      (_, n) => `<Part><PartNumber>${n + 1}</PartNumber><ETag>x</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`;
    expectError(await send({ method: 'POST', key: 'k', query: { uploadId }, body }), 400, 'InvalidArgument');
  });
});

describe('InvalidRequest', () => {
  it('a list of grants and headers that say something else', async () => {
    const body =
      '<AccessControlPolicy><AccessControlList><Grant><Grantee><ID>qcs::cam::anyone:anyone</ID></Grantee>' +
      '<Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>';
    const sent = { method: 'PUT', key: 'k', query: { acl: '' }, body };
    const conflict = 'header acl and body acl conflict';
    expectError(await send({ ...sent, headers: { 'x-cos-acl': 'private' } }), 400, 'InvalidRequest', conflict);
    const grant = { 'x-cos-grant-read': 'id="100000000002"' };
    expectError(await send({ ...sent, headers: grant }), 400, 'InvalidRequest', conflict);
  });

  it('a copy onto itself that changes nothing', async () => {
    const sent = { ...copy({}), key: 'k' };
    expectError(await send(sent), 400, 'InvalidRequest');
    await done(send, { ...copy({ 'x-cos-metadata-directive': 'Replaced' }), key: 'k' });
    await done(send, { ...copy({ 'x-cos-storage-class': 'STANDARD_IA' }), key: 'k' });
  });

  it('other response headers for the anonymous', async () => {
    await put(send, 'open', 'x', { 'x-cos-acl': 'public-read' });
    const sent = { method: 'GET', key: 'open', query: { 'response-content-type': 'text/html' } };
    expectError(await send({ ...sent, signed: false }), 400, 'InvalidRequest');
    await done(send, sent);
  });
});
