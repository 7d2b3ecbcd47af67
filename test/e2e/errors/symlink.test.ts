/** Symlinks. Source: spec/objects.md §9.4, §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Answer, Send } from '../../support/http.ts';
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'links');
  await put(send, 'k', 'hello');
});
afterAll(() => server.remove());

const link = (key: string, headers: Record<string, string>): Promise<Answer> =>
  send({ method: 'PUT', key, query: { symlink: '' }, headers });
const linkTo = async (key: string, target: string) =>
  expect((await link(key, { 'x-cos-symlink-target': target })).status).toBe(200);

describe('GET ?symlink', () => {
  it('of what is no link', async () => {
    await done(send, { method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'x' });
    for (const key of ['k', 'log']) {
      expectError(await send({ method: 'GET', key, query: { symlink: '' } }), 400, 'NotSymlink');
    }
  });

  it('of what is not there', async () => {
    expectError(await send({ method: 'GET', key: 'absent', query: { symlink: '' } }), 404, 'NoSuchKey');
    await linkTo('link', 'k');
    const versioned = { method: 'GET', key: 'link', query: { symlink: '', versionId: 'x' } };
    expectError(await send(versioned), 400, 'NoSuchVersion');
  });
});

describe('PUT ?symlink', () => {
  it('without a target, or with itself', async () => {
    expectError(await link('new', {}), 400, 'InvalidArgument');
    expectError(await link('new', { 'x-cos-symlink-target': 'new' }), 400, 'InvalidArgument');
    expectHeadError(await send({ method: 'HEAD', key: 'new' }), 404);
  });

  it('over an object that is to stay', async () => {
    const keep = { 'x-cos-symlink-target': 'absent', 'x-cos-forbid-overwrite': 'true' };
    expectError(await link('k', keep), 409, 'FileAlreadyExists');
    expect((await send({ method: 'GET', key: 'k' })).text).toBe('hello');
  });
});

describe('reading through a link', () => {
  it('whose target is gone', async () => {
    await linkTo('dangling', 'absent');
    expectError(await send({ method: 'GET', key: 'dangling' }), 404, 'NoSuchKey');
    expectHeadError(await send({ method: 'HEAD', key: 'dangling' }), 404);
    await done(send, { method: 'GET', key: 'dangling', query: { symlink: '' } });
  });

  it('that leads to a link', async () => {
    await linkTo('one', 'k');
    await linkTo('two', 'one');
    expectError(await send({ method: 'GET', key: 'two' }), 400, 'InvalidRequest');
    expectHeadError(await send({ method: 'HEAD', key: 'two' }), 400);
  });

  it('to what the caller may not read', async () => {
    await put(send, 'secret', 'x');
    const open = { 'x-cos-symlink-target': 'secret', 'x-cos-acl': 'public-read' };
    expect((await link('door', open)).status).toBe(200);
    expectError(await send({ method: 'GET', key: 'door', signed: false }), 403, 'AccessDenied');
    expectHeadError(await send({ method: 'HEAD', key: 'door', signed: false }), 403);
  });
});
