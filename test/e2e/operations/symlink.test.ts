/** Symlinks. Source: spec/objects.md §3, §9.4. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Hex, put, textOf, textsOf } from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let versioned: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'links');
  versioned = await makeBucket(server, 'links-versions', { versioning: 'Enabled' });
  await put(send, 'dir/target.txt', 'the target', { 'x-cos-meta-of': 'target', 'x-cos-tagging': 'a=1' });
});
afterAll(() => server.remove());

const link = (key: string, target: string, headers: Record<string, string> = {}, to: Send = send) =>
  to({ method: 'PUT', key, query: { symlink: '' }, headers: { 'x-cos-symlink-target': target, ...headers } });
const read = (key: string, from: Send = send, query = {}) =>
  from({ method: 'GET', key, query: { symlink: '', ...query } });
const get = (key: string, from: Send = send, query = {}) => from({ method: 'GET', key, query });

describe('PutSymlink', () => {
  it('makes a small object of the path', async () => {
    const made = await expectStatus(link('l', 'dir/target.txt'), 200);
    expect([made.text, made.headers['etag'], made.headers['x-cos-version-id']]).toEqual([
      '',
      `"${md5Hex('dir/target.txt')}"`,
      undefined,
    ]);
    const listed = (await send({ method: 'GET', query: { prefix: 'l' } })).text;
    expect([textOf(listed, 'Size'), textOf(listed, 'ETag'), textOf(listed, 'StorageClass')]).toEqual([
      '14',
      `"${md5Hex('dir/target.txt')}"`,
      'STANDARD',
    ]);
  });

  it.each([
    ['dir/plain.txt', 'dir/plain.txt'],
    ['dir%2Fencoded.txt', 'dir/encoded.txt'],
    ['%E4%B8%AD%20%2B', '中 +'],
    ['a+b', 'a+b'],
    [Buffer.from('中文').toString('latin1'), '中文'],
  ])('decodes the target %j once', async (sent, target) => {
    await put(send, target, `content of ${target}`);
    await expectStatus(link('decoded', sent), 200);
    const shown = (await read('decoded')).headers['x-cos-symlink-target'] as string;
    expect(Buffer.from(shown, 'latin1').toString()).toBe(target);
    expect((await get('decoded')).text).toBe(`content of ${target}`);
  });

  it('replaces what is there, unless that is forbidden', async () => {
    await put(send, 'was-object', 'x');
    const forbidden = await link('was-object', 'dir/target.txt', { 'x-cos-forbid-overwrite': 'true' });
    expect(failure(forbidden)).toEqual([409, 'FileAlreadyExists']);
    await expectStatus(link('was-object', 'dir/target.txt'), 200);
    expect((await get('was-object')).text).toBe('the target');
    await put(send, 'was-object', 'again');
    expect((await get('was-object')).text).toBe('again');
    expect(failure(await read('was-object'))).toEqual([400, 'NotSymlink']);
    expect((await get('dir/target.txt')).text).toBe('the target');
  });

  it('does not ask for the target, only that it is another key', async () => {
    await expectStatus(link('early', 'comes/later'), 200);
    expect(failure(await get('early'))).toEqual([404, 'NoSuchKey']);
    await put(send, 'comes/later', 'there now');
    expect((await get('early')).text).toBe('there now');
    expect(failure(await link('early', 'early'))).toEqual([400, 'InvalidArgument']);
    expect(failure(await send({ method: 'PUT', key: 'none', query: { symlink: '' } }))).toEqual([
      400,
      'InvalidArgument',
    ]);
  });

  it('is a version of its key where versions are kept', async () => {
    await put(versioned, 't1', 'one');
    await put(versioned, 't2', 'two');
    const object = (await put(versioned, 'v', 'object')).headers['x-cos-version-id'] as string;
    const first = (await expectStatus(link('v', 't1', {}, versioned), 200)).headers['x-cos-version-id'] as string;
    const second = (await expectStatus(link('v', 't2', {}, versioned), 200)).headers['x-cos-version-id'] as string;
    expect(new Set([object, first, second]).size).toBe(3);
    expect((await get('v', versioned)).text).toBe('two');
    expect((await get('v', versioned, { versionId: first })).text).toBe('one');
    expect((await get('v', versioned, { versionId: object })).text).toBe('object');
    const old = await read('v', versioned, { versionId: first });
    expect([old.headers['x-cos-symlink-target'], old.headers['x-cos-version-id']]).toEqual(['t1', first]);
    expect(failure(await read('v', versioned, { versionId: object }))).toEqual([400, 'NotSymlink']);
    await versioned({ method: 'DELETE', key: 'v', query: { versionId: second } });
    expect((await read('v', versioned)).headers['x-cos-symlink-target']).toBe('t1');
    const marker = (await versioned({ method: 'DELETE', key: 'v' })).headers['x-cos-version-id'] as string;
    expect(failure(await read('v', versioned))).toEqual([404, 'NoSuchKey']);
    expect((await read('v', versioned, { versionId: marker })).status).toBe(404);
    expect(textsOf((await get('', versioned, { versions: '', prefix: 'v' })).text, 'VersionId')).toEqual([
      marker,
      first,
      object,
    ]);
  });
});

describe('GetSymlink', () => {
  it('shows the link itself, without a body', async () => {
    await link('shown', 'dir/target.txt', {
      'x-cos-meta-of': 'link',
      'x-cos-tagging': 'l=1&m=2',
      'Cache-Control': 'no-store',
    });
    const { headers, body } = await expectStatus(read('shown'), 200);
    expect(headers).toMatchObject({
      'x-cos-symlink-target': 'dir/target.txt',
      etag: `"${md5Hex('dir/target.txt')}"`,
      'x-cos-meta-of': 'link',
      'x-cos-tagging-count': '2',
      'cache-control': 'no-store',
      'content-type': 'text/plain',
    });
    expect(headers['last-modified']).toMatch(/GMT$/);
    expect(headers['content-length']).toBeDefined();
    expect(body.length).toBe(0);
    expect(failure(await read('dir/target.txt'))).toEqual([400, 'NotSymlink']);
    expect(failure(await read('absent'))).toEqual([404, 'NoSuchKey']);
  });
});

describe('reading through a symlink', () => {
  it('GET, HEAD, ranges and conditions are about the target', async () => {
    await link('through', 'dir/target.txt', { 'x-cos-meta-of': 'link' });
    const target = await get('dir/target.txt');
    for (const method of ['GET', 'HEAD']) {
      const { headers, status } = await send({ method, key: 'through' });
      expect(status).toBe(200);
      for (const name of [
        'etag',
        'content-length',
        'content-type',
        'last-modified',
        'x-cos-meta-of',
        'x-cos-tagging-count',
        'x-cos-hash-crc64ecma',
      ]) {
        expect(headers[name], name).toBe(target.headers[name]);
      }
    }
    expect((await send({ method: 'GET', key: 'through', headers: { Range: 'bytes=4-' } })).text).toBe('target');
    expect(
      (await send({ method: 'GET', key: 'through', headers: { 'If-None-Match': target.headers['etag']! } })).status,
    ).toBe(304);
  });

  it('dangles when the target goes, and comes back with it', async () => {
    await put(send, 'going', 'here');
    await link('dangling', 'going');
    await send({ method: 'DELETE', key: 'going' });
    expect(failure(await get('dangling'))).toEqual([404, 'NoSuchKey']);
    expect((await send({ method: 'HEAD', key: 'dangling' })).status).toBe(404);
    expect((await read('dangling')).headers['x-cos-symlink-target']).toBe('going');
    await put(send, 'going', 'back');
    expect((await get('dangling')).text).toBe('back');
    await send({ method: 'DELETE', key: 'dangling' });
    expect((await get('going')).text).toBe('back');
    expect(failure(await read('dangling'))).toEqual([404, 'NoSuchKey']);
  });

  it('follows one level only', async () => {
    await link('level-1', 'dir/target.txt');
    await link('level-2', 'level-1');
    expect(failure(await get('level-2'))).toEqual([400, 'InvalidRequest']);
    expect((await read('level-2')).headers['x-cos-symlink-target']).toBe('level-1');
    await link('ring-a', 'ring-b');
    await link('ring-b', 'ring-a');
    expect((await get('ring-a')).status).toBe(400);
  });

  it('takes the newest version of the target', async () => {
    await put(versioned, 'newest', 'old');
    await link('to-newest', 'newest', {}, versioned);
    await put(versioned, 'newest', 'new');
    expect((await get('to-newest', versioned)).text).toBe('new');
    await versioned({ method: 'DELETE', key: 'newest' });
    expect((await get('to-newest', versioned)).status).toBe(404);
  });

  it('copies what GET would give', async () => {
    await link('to-copy', 'dir/target.txt', { 'x-cos-meta-of': 'link' });
    const headers = { 'x-cos-copy-source': `links-${APPID}/to-copy`, 'Content-Length': '0' };
    await expectStatus(send({ method: 'PUT', key: 'copied', headers }), 200);
    const got = await get('copied');
    expect([got.text, got.headers['x-cos-meta-of']]).toEqual(['the target', 'target']);
    expect(failure(await read('copied'))).toEqual([400, 'NotSymlink']);
  });

  it('cannot read an archived target, or append to a link', async () => {
    await put(send, 'cold', 'x', { 'x-cos-storage-class': 'ARCHIVE' });
    await link('to-cold', 'cold');
    const refused = await get('to-cold');
    expect([...failure(refused), refused.headers['x-cos-storage-class']]).toEqual([
      403,
      'InvalidObjectState',
      'ARCHIVE',
    ]);
    expect((await send({ method: 'HEAD', key: 'to-cold' })).headers['x-cos-storage-class']).toBe('ARCHIVE');
    const appended = await send({ method: 'POST', key: 'to-cold', query: { append: '', position: '4' }, body: 'x' });
    expect(appended.error['Code']).toBe('ObjectNotAppendable');
  });

  it('needs the right to read both', async () => {
    await put(send, 'open-target', 'open', { 'x-cos-acl': 'public-read' });
    const anonymous = async (key: string) => (await send({ method: 'GET', key, signed: false })).status;
    await link('closed-link', 'open-target');
    await link('open-link', 'open-target', { 'x-cos-acl': 'public-read' });
    await link('open-to-closed', 'dir/target.txt', { 'x-cos-acl': 'public-read' });
    await link('open-to-nothing', 'nowhere', { 'x-cos-acl': 'public-read' });
    expect(await Promise.all(['closed-link', 'open-link', 'open-to-closed', 'open-to-nothing'].map(anonymous))).toEqual(
      [403, 200, 403, 403],
    );
  });

  it("tags and ACL are the link's own", async () => {
    await link('own', 'dir/target.txt');
    const body = '<Tagging><TagSet><Tag><Key>of</Key><Value>link</Value></Tag></TagSet></Tagging>';
    await expectStatus(send({ method: 'PUT', key: 'own', query: { tagging: '' }, body }), 200);
    expect(textsOf((await get('own', send, { tagging: '' })).text, 'Value')).toEqual(['link']);
    expect(textsOf((await get('dir/target.txt', send, { tagging: '' })).text, 'Value')).toEqual(['1']);
    await expectStatus(
      send({ method: 'PUT', key: 'own', query: { acl: '' }, headers: { 'x-cos-acl': 'public-read' } }),
      200,
    );
    expect((await get('dir/target.txt', send, { acl: '' })).headers['x-cos-acl']).toBe('default');
  });
});
