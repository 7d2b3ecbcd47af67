/** Headers that ask an operation for what it does not do: refused, and nothing is stored (docs/INVARIANTS.md 4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, type Send } from '../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = clientOf(server, 'unbuilt');
  await send({ method: 'PUT' });
  await send({ method: 'PUT', key: 'source', body: 'x' });
});
afterAll(() => server.remove());

const NEW_BUCKET = `another-${APPID}`;
const COPY = { 'x-cos-copy-source': `/unbuilt-${APPID}/source` };
const LINK = { 'x-cos-symlink-target': 'source' };
const CALLBACK = { 'x-cos-callback': 'e30=' };
const ANSWER = { 'x-cos-return-body': 'e30=' };
const IMAGE = { 'Pic-Operations': '{}' };

describe('a header of something else', () => {
  it.each([
    ['image processing of a bucket', { method: 'PUT', bucket: NEW_BUCKET, headers: IMAGE }],
    ['image processing', { method: 'PUT', key: 'new', headers: IMAGE, body: 'x' }],
    ['a callback of APPEND', { method: 'POST', key: 'new', query: appendAtZero(), headers: CALLBACK, body: 'x' }],
    ['a return body of APPEND', { method: 'POST', key: 'new', query: appendAtZero(), headers: ANSWER, body: 'x' }],
    ['a callback of a copy', { method: 'PUT', key: 'new', headers: { ...COPY, ...CALLBACK }, body: '' }],
    [
      'a callback of a symlink',
      { method: 'PUT', key: 'new', query: { symlink: '' }, headers: { ...LINK, ...CALLBACK } },
    ],
    [
      'encryption of a symlink',
      {
        method: 'PUT',
        key: 'new',
        query: { symlink: '' },
        headers: { ...LINK, 'x-cos-server-side-encryption': 'AES256' },
      },
    ],
  ])('%s is refused', async (_, request) => {
    const answer = await send(request);
    expect([answer.status, answer.error['Code']], answer.text).toEqual([501, 'NotImplemented']);
    expect((await send({ method: 'HEAD', key: 'new' })).status).toBe(404);
    expect((await send({ method: 'HEAD', bucket: NEW_BUCKET })).status).toBe(404);
  });
});

function appendAtZero(): Record<string, string> {
  return { append: '', position: '0' };
}
