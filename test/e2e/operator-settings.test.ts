/**
 * What an operator can set on one machine and clients then meet (spec/errors.md "Settings that make codes reachable on
 * one machine").
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { complete, initiate, makeBucket, put, setVersioning, uploadPart } from '../support/buckets.ts';
import { done } from '../support/done.ts';
import { expectError, expectHeadError } from '../support/expect-error.ts';
import { type Answer, clientOf, type Send } from '../support/http.ts';
import { authorization, exchange } from '../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../support/server-process.ts';

const UIN = '100000000001';
const reader = (uin: string) => ({ 'x-cos-grant-read': `id="qcs::cam::uin/${uin}:uin/${uin}"` });
const PUBLIC = { 'x-cos-acl': 'public-read' };

/** A server for the tests of one block. */
function withServer(...flags: string[]): () => ServerProcess {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServerProcess({ flags });
  });
  afterAll(() => server.remove());
  return () => server;
}

const copyFrom = (source: string) => ({ 'x-cos-copy-source': `${source}-${APPID}.cos.${REGION}.myqcloud.com/k` });

describe('maintenance', () => {
  const server = withServer('--maintenance');

  it('answers everything with ServiceUnavailable, before it looks who asks', async () => {
    const send = clientOf(server(), 'any');
    for (const sent of [
      { method: 'PUT' },
      { method: 'PUT', key: 'k', body: 'x' },
      { method: 'GET', key: 'k' },
      { method: 'GET', key: 'k', signed: false },
      { method: 'DELETE', key: 'k' },
      { method: 'OPTIONS', key: 'k', signed: false },
    ]) {
      const answer = await send(sent);
      expectError(answer, 503, 'ServiceUnavailable', 'maintenance');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    expectHeadError(await send({ method: 'HEAD', key: 'k' }), 503);
    const list = await exchange(server().port, ['GET / HTTP/1.1\r\nHost: service.cos.myqcloud.com\r\n\r\n']);
    expectError(list, 503, 'ServiceUnavailable');
  });

  it('says first what is wrong with the host, and leaves the pages of the server itself alone', async () => {
    const host = `any.cos.${REGION}.myqcloud.com`;
    expectError(await exchange(server().port, [`GET /k HTTP/1.1\r\nHost: ${host}\r\n\r\n`]), 400, 'MissingAppid');
    const live = await exchange(server().port, ['GET /_cosette/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n']);
    expect(live.status).toBe(200);
  });
});

describe('blocked', () => {
  const OTHER = '1250000009';
  const server = withServer('--blocked', `${OTHER},shut-${APPID},films-${APPID}/k,films-${APPID}/series/*`);
  const content = 'blocked by the administrator';
  let films: Send;
  beforeAll(async () => {
    films = await makeBucket(server(), 'films');
    for (const key of ['k', 'series/1', 'free', 'other']) await put(films, key, 'hello');
  });

  const nobodyReads = async (send: Send, key: string): Promise<void> => {
    expectError(await send({ method: 'GET', key }), 451, 'UnavailableForLegalReasons', content);
    expectError(await send({ method: 'GET', key, signed: false }), 451, 'UnavailableForLegalReasons', content);
    expectError(await send({ method: 'GET', key, query: { acl: '' } }), 451, 'UnavailableForLegalReasons', content);
    expectHeadError(await send({ method: 'HEAD', key }), 451);
  };

  it('keys and prefixes cannot be read, others can', async () => {
    await nobodyReads(films, 'k');
    await nobodyReads(films, 'series/1');
    expect((await done(films, { method: 'GET', key: 'free' })).text).toBe('hello');
    expect((await done(films, { method: 'GET' })).text).toContain('<Key>k</Key>');
  });

  it('keys cannot be copied, nor read through a symlink', async () => {
    const copy = await films({ method: 'PUT', key: 'copy', headers: copyFrom('films') });
    expectError(copy, 451, 'UnavailableForLegalReasons', content);
    const uploadId = await initiate(films, 'parts');
    const query = { partNumber: '1', uploadId };
    const part = await films({ method: 'PUT', key: 'parts', query, headers: copyFrom('films') });
    expectError(part, 451, 'UnavailableForLegalReasons', content);
    await done(films, { method: 'PUT', key: 'link', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'k' } });
    expectError(await films({ method: 'GET', key: 'link' }), 451, 'UnavailableForLegalReasons', content);
  });

  it('keys can be written and deleted', async () => {
    await put(films, 'k', 'again');
    await done(films, { method: 'DELETE', key: 'k' });
    expectError(await films({ method: 'GET', key: 'k' }), 451, 'UnavailableForLegalReasons', content);
  });

  it('a bucket cannot be read nor listed, but emptied and deleted', async () => {
    const shut = await makeBucket(server(), 'shut');
    await put(shut, 'k', 'hello');
    await nobodyReads(shut, 'k');
    expectError(await shut({ method: 'GET' }), 451, 'UnavailableForLegalReasons', content);
    expectHeadError(await shut({ method: 'HEAD' }), 451);
    const copy = await films({ method: 'PUT', key: 'copy', headers: copyFrom('shut') });
    expectError(copy, 451, 'UnavailableForLegalReasons', content);
    await done(shut, { method: 'DELETE', key: 'k' });
    await done(shut, { method: 'DELETE' });
    expectError(await shut({ method: 'GET' }), 404, 'NoSuchBucket');
  });
});

describe('a blocked account', () => {
  const folder = withServer();

  it('can do nothing with its buckets', async () => {
    const send = await makeBucket(folder(), 'kept');
    await put(send, 'k', 'hello');
    await folder().stop();
    const again = await startServerProcess({ folder: folder().folder, flags: ['--blocked', APPID] });
    try {
      const blocked = clientOf(again, 'kept');
      for (const sent of [
        { method: 'GET', key: 'k' },
        { method: 'PUT', key: 'k', body: 'x' },
        { method: 'DELETE', key: 'k' },
        { method: 'GET' },
        { method: 'DELETE' },
        { method: 'PATCH', key: 'k' },
      ]) {
        expectError(await blocked(sent), 451, 'UnavailableForLegalReasons', 'arrears');
      }
      expectError(await clientOf(again, 'new')({ method: 'PUT' }), 451, 'UnavailableForLegalReasons', 'arrears');
      expectError(await clientOf(again, 'absent')({ method: 'GET' }), 404, 'NoSuchBucket');
    } finally {
      await again.stop();
    }
  });
});

describe('requests a second', () => {
  const server = withServer('--limits-requests-per-second', '5');

  it('above the limit are SlowDown, whoever asks; the health check never is', async () => {
    const send = clientOf(server(), 'any');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => send({ method: 'GET', key: 'k', signed: i % 2 === 0 })),
    );
    const slow = answers.filter(({ status }) => status === 503);
    expect(slow.length).toBeGreaterThanOrEqual(10);
    expect(slow.length).toBeLessThanOrEqual(15);
    for (const answer of slow) {
      expectError(answer, 503, 'SlowDown');
      expect(answer.headers['retry-after']).toBe('1');
    }
    for (let i = 0; i < 10; i++) {
      const live = await exchange(server().port, ['GET /_cosette/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n']);
      expect(live.status).toBe(200);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expectError(await send({ method: 'GET', key: 'k' }), 404, 'NoSuchBucket');
  });
});

describe('writes of one object a second', () => {
  const server = withServer('--limits-key-writes-per-second', '1');
  const codes = (answers: readonly Answer[]) => answers.map(({ error }) => error['Code'] ?? 'ok').sort();

  it('above the limit are UploadConflict, whichever way it is written', async () => {
    const send = await makeBucket(server(), 'writes');
    const write = (key: string) => send({ method: 'PUT', key, body: 'x' });
    const both = await Promise.all([write('k'), write('k')]);
    expect(codes(both)).toEqual(['UploadConflict', 'ok']);
    expectError(both.find(({ status }) => status !== 200)!, 409, 'UploadConflict', 'too many times');
    expect(codes(await Promise.all([write('a'), write('b'), write('c')]))).toEqual(['ok', 'ok', 'ok']);

    await done(send, { method: 'PUT', key: 'copied', headers: copyFrom('writes') });
    const copy = await send({ method: 'PUT', key: 'copied', headers: copyFrom('writes') });
    expectError(copy, 409, 'UploadConflict');

    const uploadId = await initiate(send, 'parts');
    const etag = await uploadPart(send, 'parts', uploadId, 1, 'hello');
    await write('parts');
    expectError(await complete(send, 'parts', uploadId, [etag]), 409, 'UploadConflict');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await complete(send, 'parts', uploadId, [etag])).text).toContain('<CompleteMultipartUploadResult');
    await done(send, { method: 'DELETE', key: 'parts' });
  });
});

describe('ACLs of an account', () => {
  const server = withServer('--limits-acl-entries', '2', '--limits-grant-attachments', '1');

  it('have a limit, and so have the grants to one identity', async () => {
    const send = await makeBucket(server(), 'acls');
    const acl = (key: string, headers: Record<string, string>) =>
      send({ method: 'PUT', key, query: { acl: '' }, headers, body: '' });
    for (const key of ['a', 'b', 'c', 'k']) await put(send, key, 'x');
    await done(send, { method: 'PUT', key: 'a', query: { acl: '' }, headers: PUBLIC, body: '' });
    await put(send, 'new', 'x', reader('100000000002'));
    expectError(await acl('b', PUBLIC), 400, 'PolicyFull', 'Your policy or acl has reached the limit');
    expectError(await send({ method: 'PUT', key: 'c', body: 'x', headers: PUBLIC }), 400, 'PolicyFull');
    const copy = await send({ method: 'PUT', key: 'copy', headers: { ...copyFrom('acls'), ...PUBLIC } });
    expectError(copy, 400, 'PolicyFull');
    const append = { append: '', position: '0' };
    const appended = await send({ method: 'POST', key: 'log', query: append, headers: PUBLIC, body: 'x' });
    expectError(appended, 400, 'PolicyFull');
    expectError(await acl('a', reader('100000000002')), 400, 'AttachmentFull');
    await done(send, { method: 'PUT', key: 'a', query: { acl: '' }, headers: reader('100000000003'), body: '' });
    await done(send, { method: 'PUT', key: 'a', query: { acl: '' }, headers: reader(UIN), body: '' });
    await put(send, 'b', 'no ACL of its own');

    await server().stop();
    const again = await startServerProcess({
      folder: server().folder,
      flags: ['--limits-acl-entries', '2', '--limits-grant-attachments', '1'],
    });
    try {
      const later = clientOf(again, 'acls');
      const set = (key: string) => later({ method: 'PUT', key, query: { acl: '' }, headers: PUBLIC, body: '' });
      expectError(await set('b'), 400, 'PolicyFull');
      await done(later, { method: 'DELETE', key: 'new' });
      expect((await set('b')).status).toBe(200);
      expectError(await set('c'), 400, 'PolicyFull');
      await setVersioning(later, 'Enabled');
      await put(later, 'a', 'x');
      expectError(await set('a'), 400, 'PolicyFull');
    } finally {
      await again.stop();
    }
  });
});

describe('the time for one upload', () => {
  const server = withServer('--limits-upload-ms', '600');

  it('is over: UserNetworkTooSlow, after the whole body', async () => {
    const send = await makeBucket(server(), 'slow');
    const host = `slow-${APPID}.cos.${REGION}.myqcloud.com`;
    const head =
      `PUT /k HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 3\r\n` +
      `Authorization: ${authorization('PUT', '/k', { Host: host })}\r\n\r\n`;
    expectError(await exchange(server().port, [head, 'a', 350, 'b', 350, 'c']), 400, 'UserNetworkTooSlow');
    expect((await send({ method: 'GET', key: 'k' })).status).toBe(404);
    expect((await exchange(server().port, [head, 'a', 50, 'b', 50, 'c'])).status).toBe(200);
    expect((await send({ method: 'GET', key: 'k' })).text).toBe('abc');
  });
});
