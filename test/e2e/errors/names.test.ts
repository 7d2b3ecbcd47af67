/** What a request addresses: targets, buckets, keys, methods. Source: spec/objects.md §2.1, §2.2, §2.10, §14. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, put } from '../../support/buckets.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import { clientOf, type Send, type Sent } from '../../support/http.ts';
import { exchange } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'names');
});
afterAll(() => server.remove());

describe('targets', () => {
  it('that cannot be decoded', async () => {
    for (const target of ['/%zz', '/a%2', '/%ff', '/%c3%28', '/k?uploadId=%zz']) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const host = `Host: names-${APPID}.cos.${REGION}.myqcloud.com`;
        const answer = await exchange(server.port, [
          `${method} ${target} HTTP/1.1\r\n${host}\r\nContent-Length: 0\r\n\r\n`,
        ]);
        expectError(answer, 400, 'InvalidURI');
      }
    }
  });
});

describe('keys', () => {
  const WRITES: readonly (readonly [name: string, sent: Omit<Sent, 'key'>])[] = [
    ['PUT Object', { method: 'PUT', body: 'x' }],
    ['PUT Object - Copy', { method: 'PUT', headers: { 'x-cos-copy-source': `/names-${APPID}/source` } }],
    ['APPEND Object', { method: 'POST', query: { append: '', position: '0' }, body: 'x' }],
    ['Initiate Multipart Upload', { method: 'POST', query: { uploads: '' } }],
    ['PUT Symlink', { method: 'PUT', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'source' } }],
  ];

  it.each(WRITES)('longer than 850 bytes of UTF-8: %s', async (_, sent) => {
    await put(send, 'source', 'x');
    for (const key of ['k'.repeat(851), `${'ü'.repeat(425)}k`, `${'a/'.repeat(425)}b`]) {
      expectError(await send({ ...sent, key }), 400, 'KeyTooLong');
    }
    await done(send, { ...sent, key: 'ü'.repeat(425) });
    await done(send, { method: 'DELETE', key: 'ü'.repeat(425) });
  });

  it('longer than 850 bytes in reads', async () => {
    const key = 'k'.repeat(851);
    expectError(await send({ method: 'GET', key }), 400, 'KeyTooLong');
    expectHeadError(await send({ method: 'HEAD', key }), 400);
  });

  it.each(WRITES)('with the control characters 24 to 27: %s', async (_, sent) => {
    await put(send, 'source', 'x');
    for (const code of [24, 25, 26, 27]) {
      expectError(await send({ ...sent, key: `a${String.fromCharCode(code)}b` }), 400, 'InvalidObjectName');
    }
    await done(send, { ...sent, key: 'a\u0017\u001cb' });
    await done(send, { method: 'DELETE', key: 'a\u0017\u001cb' });
  });

  it('of a symlink target', async () => {
    const link = (target: string): Sent => ({
      method: 'PUT',
      key: 'link',
      query: { symlink: '' },
      headers: { 'x-cos-symlink-target': target },
    });
    expectError(await send(link('k'.repeat(851))), 400, 'KeyTooLong');
    expectError(await send(link('a%18b')), 400, 'InvalidObjectName');
    expectError(await send(link('a%zzb')), 400, 'InvalidArgument');
  });

  it('with more than 2 KiB of user metadata', async () => {
    const name = 'x-cos-meta-a';
    for (const [, sent] of WRITES) {
      if (sent.headers?.['x-cos-copy-source'] === undefined) {
        const headers = { ...sent.headers, [name]: 'v'.repeat(2_048) };
        expectError(await send({ ...sent, key: 'meta', headers }), 400, 'KeyTooLong');
      }
    }
    expectHeadError(await send({ method: 'HEAD', key: 'meta' }), 404);
    await put(send, 'meta', 'x', { [name]: 'v'.repeat(2_047) });
  });
});

describe('what is not there', () => {
  const READS: readonly Sent[] = [
    { method: 'GET' },
    { method: 'GET', query: { acl: '' } },
    { method: 'GET', query: { tagging: '' } },
    { method: 'GET', query: { symlink: '' } },
    { method: 'DELETE', query: { tagging: '' } },
    { method: 'PUT', query: { tagging: '' }, body: '<Tagging><TagSet/></Tagging>' },
    { method: 'PUT', query: { acl: '' }, headers: { 'x-cos-acl': 'private' } },
    { method: 'POST', query: { restore: '' }, body: '<RestoreRequest><Days>1</Days></RestoreRequest>' },
  ];

  it('a key, a key that is a prefix only, keys that begin with a slash', async () => {
    await put(send, 'folder/file', 'x');
    for (const key of ['absent', 'folder', 'folder/', '//////', '\\']) {
      for (const sent of READS) expectError(await send({ ...sent, key }), 404, 'NoSuchKey');
      expectHeadError(await send({ method: 'HEAD', key }), 404);
    }
  });

  it('is named by the answer', async () => {
    const { Resource } = expectError(await send({ method: 'GET', key: 'a b/ü&<' }), 404, 'NoSuchKey');
    expect(Resource).toBe(`names-${APPID}.cos.${REGION}.myqcloud.com/a b/ü&amp;&lt;`);
  });

  it('a bucket', async () => {
    const nowhere = clientOf(server, 'nowhere');
    const all: readonly Sent[] = [
      ...READS.map((sent) => ({ ...sent, key: 'k' })),
      { method: 'PUT', key: 'k', body: 'x' },
      { method: 'DELETE', key: 'k' },
      { method: 'POST', key: 'k', query: { uploads: '' } },
      { method: 'POST', key: 'k', query: { append: '', position: '0' }, body: 'x' },
      { method: 'GET', query: { uploads: '' } },
      { method: 'PUT', key: 'k', query: { rename: '' } },
    ];
    for (const sent of all) expectError(await nowhere(sent), 404, 'NoSuchBucket');
    expectHeadError(await nowhere({ method: 'HEAD', key: 'k' }), 404);
  });

  it('a bucket of this name in another region', async () => {
    const elsewhere = clientOf(server, 'names', 'ap-beijing');
    expectError(await elsewhere({ method: 'GET', key: 'folder/file' }), 404, 'NoSuchBucket');
  });
});

describe('operations', () => {
  it('that no object has', async () => {
    const all: readonly Sent[] = [
      { method: 'POST' },
      { method: 'POST', query: { acl: '' } },
      { method: 'DELETE', query: { acl: '' } },
      { method: 'DELETE', query: { symlink: '' } },
      { method: 'GET', query: { append: '' } },
      { method: 'PUT', query: { restore: '' } },
      { method: 'DELETE', query: { retention: '' } },
      { method: 'PUT', query: { uploads: '' } },
      { method: 'PATCH' },
    ];
    for (const sent of all) expectError(await send({ ...sent, key: 'k', body: '' }), 405, 'MethodNotAllowed');
    expectHeadError(await send({ method: 'HEAD', key: 'k', query: { restore: '' } }), 405);
  });

  it('that are known and not built', async () => {
    await put(send, 'k', 'x');
    const rename = { method: 'PUT', key: 'to', query: { rename: '' }, headers: { 'x-cos-rename-source': '/k' } };
    expectError(await send({ ...rename, body: '' }), 501, 'NotImplemented');
    for (const name of ['ci-process', 'imageMogr2/thumbnail/!50p', 'watermark/1']) {
      expectError(await send({ method: 'GET', key: 'k', query: { [name]: '' } }), 501, 'NotImplemented');
    }
    const pictures = { 'Pic-Operations': '{"is_pic_info":1}' };
    expectError(await send({ method: 'PUT', key: 'k', body: 'y', headers: pictures }), 501, 'NotImplemented');
    expect((await send({ method: 'GET', key: 'k' })).text).toBe('x');
  });
});
