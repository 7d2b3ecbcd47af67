/** APPEND Object. Source: spec/objects.md §8.3, §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, md5Base64, put, putParts } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError } from '../../support/expect-error.ts';
import type { Answer, Send } from '../../support/http.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-append-object-bytes', '100'] });
  send = await makeBucket(server, 'append');
});
afterAll(() => server.remove());

const append = (
  key: string,
  position: number,
  body: string,
  headers: Record<string, string> = {},
  bucket = send,
): Promise<Answer> => bucket({ method: 'POST', key, query: { append: '', position: String(position) }, body, headers });

describe('positions', () => {
  it('other than the length; the answer names the right one', async () => {
    const fresh = await append('log', 1, 'x');
    expectError(fresh, 400, 'AppendPositionErr');
    expect(fresh.headers['x-cos-next-append-position']).toBe('0');
    expect((await append('log', 0, 'hello')).status).toBe(200);
    for (const position of [0, 4, 6, 10 ** 12]) {
      const answer = await append('log', position, 'x');
      expectError(answer, 400, 'AppendPositionErr');
      expect(answer.headers['x-cos-next-append-position']).toBe('5');
    }
    expect((await send({ method: 'GET', key: 'log' })).text).toBe('hello');
  });

  it('that two writers want at once: one gets it', async () => {
    await append('race', 0, 'start');
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => append('race', 5, `${n}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const lost of answers.filter(({ status }) => status !== 200)) expectError(lost, 400, 'AppendPositionErr');
    expect((await send({ method: 'GET', key: 'race' })).text).toMatch(/^start\d$/);
  });
});

describe('objects', () => {
  const message = 'The operation is not valid for the current state of the object';

  it('that no append made', async () => {
    await put(send, 'normal', 'hello');
    await putParts(send, 'parts', ['hello']);
    await put(send, 'empty', '');
    await done(send, {
      method: 'PUT',
      key: 'link',
      query: { symlink: '' },
      headers: { 'x-cos-symlink-target': 'normal' },
    });
    for (const key of ['normal', 'parts', 'link', 'empty']) {
      expectError(await append(key, 5, 'x'), 400, 'ObjectNotAppendable', message);
      expectError(await append(key, 0, 'x'), 400, 'ObjectNotAppendable', message);
    }
    expect((await send({ method: 'GET', key: 'link' })).text).toBe('hello');
  });

  it('that were replaced by a plain upload', async () => {
    await append('was', 0, 'hello');
    await put(send, 'was', 'hello');
    expectError(await append('was', 5, 'x'), 400, 'ObjectNotAppendable');
  });

  it('that become too large', async () => {
    await append('full', 0, 'x'.repeat(60));
    expectError(await append('full', 60, 'x'.repeat(41)), 400, 'EntityTooLarge');
    expect((await append('full', 60, 'x'.repeat(40))).status).toBe(200);
    expectError(await append('full', 100, 'x'), 400, 'EntityTooLarge');
    expect((await send({ method: 'HEAD', key: 'full' })).headers['content-length']).toBe('100');
  });

  it('in buckets that keep versions', async () => {
    const enabled = await makeBucket(server, 'append-enabled', { versioning: 'Enabled' });
    expectError(await append('log', 0, 'x', {}, enabled), 409, 'InvalidBucketState');
    const suspended = await makeBucket(server, 'append-suspended', { versioning: 'Suspended' });
    expect((await append('log', 0, 'x', {}, suspended)).status).toBe(200);
  });
});

describe('a broken piece', () => {
  it('leaves the length', async () => {
    await append('safe', 0, 'hello');
    const wrong = { 'Content-MD5': md5Base64('other') };
    expectError(await append('safe', 5, ' world', wrong), 400, 'BadDigest');
    expect((await append('safe', 5, ' world')).status).toBe(200);
  });
});
