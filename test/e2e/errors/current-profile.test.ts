/** The codes that `errors.profile = current` answers otherwise. Source: spec/errors.md "two profiles". */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Send } from '../../support/http.ts';
import { authorization, exchange } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--errors-profile', 'current', '--limits-body-stall-ms', '300'] });
  send = await makeBucket(server, 'current', { versioning: 'Enabled' });
});
afterAll(() => server.remove());

it('appends: 409', async () => {
  const bucket = await makeBucket(server, 'appends');
  const append = (key: string, position: string) =>
    bucket({ method: 'POST', key, query: { append: '', position }, body: 'x' });
  await put(bucket, 'normal', 'hello');
  expectError(await append('normal', '5'), 409, 'ObjectNotAppendable');
  const answer = await append('log', '5');
  expectError(answer, 409, 'AppendPositionErr');
  expect(answer.headers['x-cos-next-append-position']).toBe('0');
});

it('versions that are not there: 404', async () => {
  await put(send, 'k', 'x');
  const query = { versionId: 'MTg0NDUxNzcwMDkzMDE3NDQ0MDU' };
  expectError(await send({ method: 'GET', key: 'k', query }), 404, 'NoSuchVersion');
  expectHeadError(await send({ method: 'HEAD', key: 'k', query }), 404);
});

it('DELETE Multiple Objects without Content-MD5: InvalidRequest', async () => {
  const body = '<Delete><Object><Key>k</Key></Object></Delete>';
  const text = 'Missing required header for this request: Content-MD5';
  expectError(await send({ method: 'POST', query: { delete: '' }, body }), 400, 'InvalidRequest', text);
  await done(send, { method: 'GET', key: 'k' });
});

it('a body that stalls: RequestTimeout', async () => {
  const host = `current-${APPID}.cos.${REGION}.myqcloud.com`;
  const head =
    `PUT /stalled HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 10\r\n` +
    `Authorization: ${authorization('PUT', '/stalled', { Host: host })}\r\n\r\n`;
  expectError(await exchange(server.port, [head, 'hello']), 400, 'RequestTimeout');
});
