/** Who asks: signatures, clocks, rights, preflights. Source: spec/objects.md §14, spec/errors.md "Order of checks" 4–9. */
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Answer, Send, Sent } from '../../support/http.ts';
import { SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'closed');
  await put(send, 'k', 'hello');
});
afterAll(() => server.remove());

interface Signed {
  readonly secretId?: string;
  readonly secretKey?: string;
  /** Unix seconds, from and to; relative to now. */
  readonly time?: readonly [number, number];
  readonly algorithm?: string;
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex');

/** The signature of a request for `/k` that signs no header and no parameter. */
function signature(
  method: string,
  { secretId = SECRET_ID, secretKey = SECRET_KEY, time = [-10, 600], algorithm = 'sha1' }: Signed,
): string {
  const now = Math.floor(Date.now() / 1_000);
  const span = time.map((seconds) => now + seconds).join(';');
  const text = `${method.toLowerCase()}\n/k\n\n\n`;
  const signed = hmac(hmac(secretKey, span), `sha1\n${span}\n${sha1(text)}\n`);
  return (
    `q-sign-algorithm=${algorithm}&q-ak=${secretId}&q-sign-time=${span}&q-key-time=${span}` +
    `&q-header-list=&q-url-param-list=&q-signature=${signed}`
  );
}

/** @param Authorization in the header, or undefined */
const ask = (method: string, Authorization: string, more: Partial<Sent> = {}): Promise<Answer> =>
  send({ method, key: 'k', signed: false, ...more, headers: { Authorization, ...more.headers } });

/** GET, HEAD and PUT all refuse it, in the header and as a presigned URL. */
async function refused(signed: Signed, status: number, code: string, message?: string): Promise<void> {
  expectError(await ask('GET', signature('GET', signed)), status, code, message);
  expectError(await ask('PUT', signature('PUT', signed), { body: 'other' }), status, code, message);
  expectHeadError(await ask('HEAD', signature('HEAD', signed)), status);
  const query = Object.fromEntries(new URLSearchParams(signature('GET', signed)));
  expectError(await send({ method: 'GET', key: 'k', signed: false, query }), status, code, message);
  expect((await send({ method: 'GET', key: 'k' })).text).toBe('hello');
}

describe('signatures', () => {
  it('made with another secret', async () => {
    await refused({ secretKey: 'anotherSecretKeyForCosSpec000001' }, 403, 'SignatureDoesNotMatch');
    const error = (await ask('GET', signature('GET', { secretKey: 'x' }))).error;
    expect(error['StringToSign']).toMatch(/^sha1\n/);
  });

  it('made for another request', async () => {
    const other = signature('PUT', {});
    expectError(await ask('GET', other), 403, 'SignatureDoesNotMatch');
    expectError(
      await send({ method: 'GET', key: 'k2', signed: false, headers: { Authorization: other } }),
      403,
      'SignatureDoesNotMatch',
    );
  });

  it('of a key that is not known', async () => {
    await refused({ secretId: 'AKIDnobody' }, 403, 'InvalidAccessKeyId');
  });

  it('of another algorithm', async () => {
    await refused({ algorithm: 'sha256' }, 400, 'VerifyAlgorithmNotSupported');
    await refused({ algorithm: 'md5' }, 400, 'VerifyAlgorithmNotSupported');
  });

  it('that are over', async () => {
    await refused({ time: [-7_200, -3_600] }, 403, 'AccessDenied', 'Request has expired');
    const { error } = await ask('GET', signature('GET', { time: [-20, -10] }));
    expect(Math.abs(Date.parse(error['ServerTime']!) - Date.now())).toBeLessThan(60_000);
  });

  it('that are yet to come, by more than 15 minutes', async () => {
    await refused({ time: [1_200, 3_600] }, 403, 'RequestTimeTooSkewed');
    expect((await ask('GET', signature('GET', { time: [600, 3_600] }))).status).toBe(200);
  });

  it('that cannot be read', async () => {
    for (const text of ['nonsense', 'Basic dXNlcg==', 'q-sign-algorithm=sha1', `${signature('GET', {})}&q-ak=twice`]) {
      expectError(await ask('GET', text), 403, 'AccessDenied');
      expectHeadError(await ask('HEAD', text), 403);
    }
  });
});

describe('rights', () => {
  const CHANGES: readonly Sent[] = [
    { method: 'PUT', body: 'x' },
    { method: 'DELETE' },
    { method: 'POST', query: { uploads: '' } },
    { method: 'POST', query: { append: '', position: '0' }, body: 'x' },
    { method: 'PUT', query: { acl: '' }, headers: { 'x-cos-acl': 'public-read' } },
    { method: 'PUT', query: { tagging: '' }, body: '<Tagging><TagSet/></Tagging>' },
    { method: 'POST', query: { restore: '' }, body: '<RestoreRequest><Days>1</Days></RestoreRequest>' },
    { method: 'GET', query: { acl: '' } },
    { method: 'PUT', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'k' } },
  ];

  it('of the anonymous on a private bucket: none, and they learn nothing of keys', async () => {
    for (const key of ['k', 'absent']) {
      for (const sent of [...CHANGES, { method: 'GET' }, { method: 'GET', query: { tagging: '' } }]) {
        expectError(await send({ ...sent, key, signed: false }), 403, 'AccessDenied');
      }
      expectHeadError(await send({ method: 'HEAD', key, signed: false }), 403);
    }
    expectError(await send({ method: 'GET', query: { uploads: '' }, signed: false }), 403, 'AccessDenied');
    expect((await send({ method: 'GET', key: 'k' })).text).toBe('hello');
  });

  it('of the anonymous on a public-read bucket: to read', async () => {
    const open = await makeBucket(server, 'open', { acl: 'public-read' });
    await put(open, 'k', 'hello');
    for (const sent of CHANGES) expectError(await open({ ...sent, key: 'k', signed: false }), 403, 'AccessDenied');
    await done(open, { method: 'GET', key: 'k', signed: false });
    expectError(await open({ method: 'GET', key: 'absent', signed: false }), 404, 'NoSuchKey');
  });
});

describe('preflights', () => {
  it('that no rule allows', async () => {
    const headers = { Origin: 'https://example.com', 'Access-Control-Request-Method': 'PUT' };
    const answer = await send({ method: 'OPTIONS', key: 'k', headers, signed: false });
    expectError(answer, 403, 'AccessForbidden', 'CORSResponse: This CORS request is not allowed.');
    const absent = { method: 'OPTIONS', key: 'absent', headers, signed: false, bucket: 'nowhere-1250000000' };
    expectError(await send(absent), 404, 'NoSuchBucket');
  });
});
