/** Faults on demand: what a client meets in a bucket of the name profile (docs/faults.md). */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, put } from '../support/buckets.ts';
import { done } from '../support/done.ts';
import { expectError, expectHeadError } from '../support/expect-error.ts';
import { clientOf, type Send } from '../support/http.ts';
import { exchange } from '../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../support/server-process.ts';

const OTHER = 'faulty-1260000077';
let server: ServerProcess;
let send: Send;
const unsigned = { signed: false, bucket: OTHER } as const;
beforeAll(async () => {
  server = await startServerProcess({
    flags: [
      ...['--faults-name-profile-buckets', `${OTHER},mixed-${APPID}`],
      ...['--faults-late-ms', '400ms', '--faults-silence-ms', '500ms'],
    ],
  });
  send = clientOf(server, 'mixed');
});
afterAll(() => server.remove());

describe('a bucket of the profile', () => {
  it('answers by name, with and without the id of the request', async () => {
    for (const status of [200, 204, 206, 301, 302, 307, 400, 403, 404, 500, 503, 504]) {
      for (const method of ['GET', 'PUT', 'HEAD', 'DELETE']) {
        const without = await send({ ...unsigned, method, key: String(status) });
        expect([without.status, without.headers['x-cos-request-id'], without.headers['x-cos-trace-id']]).toEqual([
          status,
          undefined,
          undefined,
        ]);
        const withId = await send({ ...unsigned, method, key: `${status}r` });
        expect([withId.status, withId.headers['x-cos-request-id']]).toEqual([status, expect.any(String)]);
      }
    }
  });

  it('gives bodies, ranges, places and error documents as the service would', async () => {
    const whole = await send({ ...unsigned, method: 'GET', key: '200' });
    expect(whole.text).not.toBe('');
    const part = await send({ ...unsigned, method: 'GET', key: '206r' });
    expect(part.headers['content-range']).toBe(`bytes 0-${part.body.length - 1}/${part.body.length}`);
    expect((await send({ ...unsigned, method: 'GET', key: '302r' })).headers['location']).toBe('/200r');
    expect((await send({ ...unsigned, method: 'GET', key: '503' })).text).toBe('');
    expectError(await send({ ...unsigned, method: 'GET', key: '404r' }), 404, 'NoSuchKey');
    expectError(await send({ ...unsigned, method: 'PUT', key: '503r', body: 'x' }), 503, 'ServiceUnavailable');
    expectHeadError(await send({ ...unsigned, method: 'HEAD', key: '500r' }), 500);
  });

  it('redirects inside the bucket in path style too', async () => {
    const host = `cos.${REGION}.localhost`;
    const answer = await exchange(server.port, [`GET /${OTHER}/301 HTTP/1.1\r\nHost: ${host}\r\n\r\n`]);
    expect([answer.status, answer.headers['location']]).toEqual([301, `/${OTHER}/200r`]);
  });

  it('is well for a client that asks again', async () => {
    const again = { 'x-cos-sdk-retry': 'true' };
    for (const key of ['500', '403r', '503l', 'shutdown', 'timeout']) {
      const answer = await send({ ...unsigned, method: 'GET', key, headers: again });
      expect([answer.status, answer.headers['x-cos-request-id']], key).toEqual([200, expect.any(String)]);
    }
  });

  it('holds late answers back', async () => {
    const from = performance.now();
    expect((await send({ ...unsigned, method: 'GET', key: '503l' })).status).toBe(503);
    expect(performance.now() - from).toBeGreaterThan(380);
  });

  it('resets and keeps silent', async () => {
    await expect(send({ ...unsigned, method: 'GET', key: 'shutdown' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    const from = performance.now();
    const quiet = exchange(server.port, [`GET /timeout HTTP/1.1\r\nHost: ${OTHER}.cos.${REGION}.localhost\r\n\r\n`]);
    expect(await quiet).toMatchObject({ text: '', closed: true });
    expect(performance.now() - from).toBeGreaterThan(480);
  });

  it('takes whole bodies in before it answers, on a connection that goes on', async () => {
    const body = Buffer.alloc(3_000_000, 'x');
    const headers = { Connection: 'keep-alive' };
    const answer = await send({ ...unsigned, method: 'PUT', key: '500', headers, body });
    expect([answer.status, answer.headers['connection']]).toEqual([500, 'keep-alive']);
    await expect(send({ ...unsigned, method: 'PUT', key: 'timeout', body })).rejects.toMatchObject({
      code: 'ECONNRESET',
    });
  });

  it('keeps real objects under other names, with all that protects them', async () => {
    const mixed = await makeBucket(server, 'mixed');
    await put(mixed, 'real', 'hello');
    await put(mixed, 'dir/500', 'kept');
    expect((await done(mixed, { method: 'GET', key: 'real' })).text).toBe('hello');
    expect((await done(mixed, { method: 'GET', key: 'dir/500' })).text).toBe('kept');
    expectError(await mixed({ method: 'GET', key: 'real', signed: false }), 403, 'AccessDenied');
    expect((await mixed({ method: 'GET', key: '500' })).status).toBe(500);
    expect((await done(mixed, { method: 'GET' })).text).not.toContain('<Key>500</Key>');
    expectError(await send({ method: 'GET', bucket: `faulty-${APPID}`, key: '503' }), 404, 'NoSuchBucket');
  });

  it('lets pages read the answers where the bucket has rules for them', async () => {
    const rule = '<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>';
    const body = `<CORSConfiguration><CORSRule>${rule}</CORSRule></CORSConfiguration>`;
    const headers = { 'Content-MD5': createHash('md5').update(body).digest('base64') };
    await done(send, { method: 'PUT', query: { cors: '' }, headers, body });
    const answer = await send({ method: 'GET', key: '500', headers: { Origin: 'http://page.example.com' } });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([500, '*']);
  });

  it('says in the log and at the start that it is on', async () => {
    expect(server.output()).toMatch(/FAULTS +ON: objects of faulty-1260000077, mixed-1250000000/);
    await expect.poll(() => server.output()).toContain('faults on demand are on');
  });
});

describe('without the setting', () => {
  it('such names are ordinary ones', async () => {
    const plain = await startServerProcess();
    try {
      const bucket = await makeBucket(plain, 'faulty');
      expectError(await bucket({ method: 'GET', key: '503' }), 404, 'NoSuchKey');
      await put(bucket, '503', 'ordinary');
      expect((await done(bucket, { method: 'GET', key: '503' })).text).toBe('ordinary');
    } finally {
      await plain.remove();
    }
  });
});
