/** PUT Object: what it stores and what reads give back. Source: spec/objects.md §2.7, §2.8, §2.10, §6.1, §6.2, §8.1. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, makeBucket, md5Base64, md5Hex, put, textOf, textsOf } from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { authorization, exchange } from '../../support/raw.ts';
import { SDKS, type Sdk } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let sdk: Sdk;
const Bucket = `put-${APPID}`;
const at = (Key: string) => ({ Bucket, Region: REGION, Key });
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'put');
  sdk = SDKS[0]![1](server);
});
afterAll(() => server.remove());

const head = (key: string) => send({ method: 'HEAD', key });
const get = (key: string) => send({ method: 'GET', key });

describe('PutObject', () => {
  it('answers with the ETag and CRC of the published vector, and nothing else', async () => {
    const answer = await put(send, 'vector', '[Object Content]');
    expect(answer.headers['etag']).toBe('"ee8de918d05640145b18f70f4c3aa602"');
    expect(answer.headers['x-cos-hash-crc64ecma']).toBe('16749565679157681890');
    expect(answer.headers['x-cos-version-id']).toBeUndefined();
    expect(answer.headers['server']).toBe('tencent-cos');
    expect(answer.text).toBe('');
    const zero = await put(send, 'folder/', '');
    expect([zero.headers['etag'], zero.headers['x-cos-hash-crc64ecma']]).toEqual([`"${md5Hex('')}"`, '0']);
    expect((await get('folder/')).body.length).toBe(0);
  });

  it('keeps the stored headers letter for letter', async () => {
    const stored = {
      'content-type': 'Text/X-Odd; Charset="ISO-8859-1"',
      'cache-control': 'no-cache,  max-age = 1',
      'content-disposition': `attachment; filename="a b.txt"; filename*=UTF-8''%e4%b8%ad.txt`,
      'content-encoding': 'gzip, custom',
      'content-language': 'zh-CN, en',
      expires: '1000',
      'x-cos-website-redirect-location': '/other?x=1#top',
    };
    const body = randomBytes(100);
    await put(send, 'stored', body, stored);
    for (const answer of [await get('stored'), await head('stored')]) expect(answer.headers).toMatchObject(stored);
    // Content-Encoding describes the bytes as they came: the store neither packs nor unpacks.
    expect((await get('stored')).body.equals(body)).toBe(true);
    const plain = await get('vector');
    for (const name of Object.keys(stored).slice(1)) expect(plain.headers[name], name).toBeUndefined();
  });

  it.each([
    ['a.zip', 'application/zip'],
    ['a.txt', 'text/plain'],
    ['photo.JPG', 'image/jpeg'],
    ['zero.png', 'image/png'],
    ['no-suffix', 'application/octet-stream'],
    ['a.unknown-suffix', 'application/octet-stream'],
    ['x.txt/y', 'application/octet-stream'],
  ])('guesses the type of %s as %s', async (key, type) => {
    await put(send, key, key.startsWith('zero') ? '' : 'x');
    expect((await head(key)).headers['content-type']).toBe(type);
    // A header without a value counts as absent (Node SDK).
    await put(send, key, 'x', { 'Content-Type': '', 'Cache-Control': '' });
    const again = await head(key);
    expect([again.headers['content-type'], again.headers['cache-control']]).toEqual([type, undefined]);
  });

  it('keeps bytes of user metadata, and shows names in lower case', async () => {
    const utf8 = Buffer.from('café 中文 😀').toString('latin1');
    await put(send, 'meta', 'x', {
      'X-Cos-Meta-Plain': 'Value  with   blanks',
      'x-cos-meta-UPPER-9': '%E4%B8%AD+%20',
      'x-cos-meta-utf8': utf8,
    });
    const { headers } = await head('meta');
    expect(headers).toMatchObject({
      'x-cos-meta-plain': 'Value  with   blanks',
      'x-cos-meta-upper-9': '%E4%B8%AD+%20',
      'x-cos-meta-utf8': utf8,
    });
    await put(send, 'meta', 'x', { 'x-cos-meta-full': 'v'.repeat(2_048 - 4) });
    const full = await head('meta');
    expect(full.headers['x-cos-meta-full']).toHaveLength(2_044);
    expect(full.headers['x-cos-meta-plain']).toBeUndefined();
    const over = await send({
      method: 'PUT',
      key: 'meta',
      body: 'x',
      headers: { 'x-cos-meta-full': 'v'.repeat(2_045) },
    });
    expect(failure(over)).toEqual([400, 'KeyTooLong']);
  });

  it('replaces everything: content, metadata, tags, ACL and class', async () => {
    await put(send, 'whole', 'first, and longer', {
      'Content-Type': 'text/first',
      'x-cos-meta-a': '1',
      'x-cos-tagging': 'a=1',
      'x-cos-acl': 'public-read',
      'x-cos-storage-class': 'STANDARD_IA',
    });
    expect((await head('whole')).headers).toMatchObject({
      'x-cos-tagging-count': '1',
      'x-cos-storage-class': 'STANDARD_IA',
    });
    await put(send, 'whole', 'second');
    const { headers, text } = await get('whole');
    expect(text).toBe('second');
    expect(headers['content-type']).toBe('application/octet-stream');
    for (const name of ['x-cos-meta-a', 'x-cos-tagging-count', 'x-cos-storage-class'])
      expect(headers[name]).toBeUndefined();
    expect((await send({ method: 'GET', key: 'whole', signed: false })).status).toBe(403);
    expect((await send({ method: 'GET', key: 'whole', query: { acl: '' } })).headers['x-cos-acl']).toBe('default');
  });

  it('stores tags of the header, decoded once', async () => {
    await put(send, 'tagged', 'x', { 'x-cos-tagging': 'k%20ey=v%2Ba+l&%E4%B8%AD=%E6%96%87&empty=' });
    expect((await head('tagged')).headers['x-cos-tagging-count']).toBe('3');
    const tags = (await send({ method: 'GET', key: 'tagged', query: { tagging: '' } })).text;
    expect([textsOf(tags, 'Key'), textsOf(tags, 'Value')]).toEqual([
      ['k ey', '中', 'empty'],
      ['v+a l', '文', ''],
    ]);
  });

  it.each([
    '/lead',
    '//abc/',
    '..',
    '.a',
    'a/../b',
    './a',
    'end ',
    'é\u0301',
    '\u200b\ttab',
    '!"#$%&\'()*+,-.:;<=>?@[\\]^_`{|}~',
    `${'中'.repeat(283)}x`,
  ])('takes the key %j as it is', async (key) => {
    await put(send, key, `at ${key}`);
    expect((await get(key)).text).toBe(`at ${key}`);
    const query = { prefix: key, 'encoding-type': 'url', 'max-keys': '1' };
    const listed = textOf((await send({ method: 'GET', query })).text, 'Key')!;
    expect(decodeURIComponent(listed)).toBe(key);
    expect((await send({ method: 'DELETE', key })).status).toBe(204);
    expect((await head(key)).status).toBe(404);
  });

  it.each(['STANDARD', 'Standard_IA', 'archive', 'Deep_Archive'])(
    'stores into the class %s, and lists it',
    async (name) => {
      const key = `class/${name}`;
      await put(send, key, 'x', { 'x-cos-storage-class': name });
      const wanted = name.toUpperCase();
      expect((await head(key)).headers['x-cos-storage-class']).toBe(wanted === 'STANDARD' ? undefined : wanted);
      const listed = (await send({ method: 'GET', query: { prefix: key } })).text;
      expect(textOf(listed, 'StorageClass')).toBe(wanted);
    },
  );

  it('makes a normal object of an appendable one', async () => {
    await send({ method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'line' });
    expect((await head('log')).headers['x-cos-object-type']).toBe('appendable');
    await put(send, 'log', 'other');
    expect((await head('log')).headers['x-cos-object-type']).toBe('normal');
    const again = await send({ method: 'POST', key: 'log', query: { append: '', position: '5' }, body: 'line' });
    expect(again.error['Code']).toBe('ObjectNotAppendable');
  });

  it('checks Content-MD5 and x-cos-content-sha1, and stores nothing when they differ', async () => {
    await put(send, 'digest', 'kept', { 'Content-MD5': md5Base64('kept') });
    const answers = await Promise.all([
      send({ method: 'PUT', key: 'digest', body: 'other', headers: { 'Content-MD5': md5Base64('kept') } }),
      send({ method: 'PUT', key: 'digest', body: 'other', headers: { 'Content-MD5': 'short' } }),
      send({ method: 'PUT', key: 'digest', body: 'other', headers: { 'x-cos-content-sha1': '0'.repeat(40) } }),
    ]);
    expect(answers.map(({ error }) => error['Code'])).toEqual(['BadDigest', 'InvalidDigest', 'InvalidSHA1Digest']);
    expect((await get('digest')).text).toBe('kept');
  });

  it('takes a chunked body, and one announced with Expect: 100-continue', async () => {
    const sdkAuthorization = authorization('PUT', '/chunked');
    const host = `${Bucket}.cos.${REGION}.myqcloud.com`;
    const chunked = await exchange(server.port, [
      `PUT /chunked HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${sdkAuthorization}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      '5\r\nhello\r\n',
      '6;x=1\r\n world\r\n0\r\n\r\n',
    ]);
    expect([chunked.status, chunked.headers['etag']]).toEqual([200, `"${md5Hex('hello world')}"`]);
    const waiting = await exchange(server.port, [
      `PUT /chunked HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${sdkAuthorization}\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`,
      100,
      'ok',
    ]);
    expect(waiting.text.startsWith('HTTP/1.1 100')).toBe(true);
    expect(waiting.status).toBe(200);
    expect((await get('chunked')).text).toBe('ok');
  });

  it('x-cos-forbid-overwrite: one of many creators wins', async () => {
    const forbid = { 'x-cos-forbid-overwrite': 'true' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => send({ method: 'PUT', key: 'once', body: `body ${i}`, headers: forbid })),
    );
    const won = answers.findIndex(({ status }) => status === 200);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const lost = answers.filter(({ status }) => status !== 200).map((answer) => failure(answer));
    expect(lost).toEqual(Array(7).fill([409, 'FileAlreadyExists']));
    expect((await get('once')).text).toBe(`body ${won}`);
    await put(send, 'once', 'over it', { 'x-cos-forbid-overwrite': 'false' });
    expect((await get('once')).text).toBe('over it');
  });

  it.each(['Enabled', 'Suspended'] as const)(
    'ignores x-cos-forbid-overwrite while versioning is %s',
    async (versioning) => {
      const versioned = await makeBucket(server, `forbid-${versioning.toLowerCase()}`, { versioning });
      await put(versioned, 'k', '1');
      await put(versioned, 'k', '2', { 'x-cos-forbid-overwrite': 'true' });
      expect((await versioned({ method: 'GET', key: 'k' })).text).toBe('2');
    },
  );

  it('honours If-None-Match and If-Match about the target', async () => {
    const create = () => send({ method: 'PUT', key: 'guard', body: 'first', headers: { 'If-None-Match': '*' } });
    expect((await create()).status).toBe(200);
    expect(failure(await create())).toEqual([412, 'PreconditionFailed']);
    const etag = `"${md5Hex('first')}"`;
    const swap = (tag: string) => send({ method: 'PUT', key: 'guard', body: 'second', headers: { 'If-Match': tag } });
    expect(failure(await swap('"0123"'))).toEqual([412, 'PreconditionFailed']);
    expect((await get('guard')).text).toBe('first');
    expect((await swap(`"0123", ${etag}`)).status).toBe(200);
    expect(failure(await swap(etag))).toEqual([412, 'PreconditionFailed']);
    expect((await swap('*')).status).toBe(200);
    const absent = await send({ method: 'PUT', key: 'guard-absent', body: 'x', headers: { 'If-Match': '*' } });
    expect(failure(absent)).toEqual([404, 'NoSuchKey']);
  });

  it('takes the same through the SDK', async () => {
    await sdk.putObject({
      ...at('sdk.bin'),
      Body: 'from the SDK',
      StorageClass: 'STANDARD_IA',
      ContentEncoding: 'identity',
      Headers: { 'x-cos-tagging': 'a=1&b=2', 'x-cos-meta-from': 'sdk' },
    });
    const { headers } = await sdk.headObject(at('sdk.bin'));
    expect(headers).toMatchObject({
      'x-cos-storage-class': 'STANDARD_IA',
      'content-encoding': 'identity',
      'x-cos-tagging-count': '2',
      'x-cos-meta-from': 'sdk',
      'content-length': '12',
    });
    await sdk.putObject({ ...at('sdk.bin'), Body: 'x', Headers: { 'x-cos-forbid-overwrite': 'true' } }).then(
      () => expect.unreachable(),
      (error) => expect([error.statusCode, error.code]).toEqual([409, 'FileAlreadyExists']),
    );
  });

  it('is served anonymously into a public-read-write bucket only', async () => {
    const open = await makeBucket(server, 'put-open', { acl: 'public-read-write' });
    expect((await open({ method: 'PUT', key: 'k', body: 'x', signed: false })).status).toBe(200);
    expect(failure(await send({ method: 'PUT', key: 'k', body: 'x', signed: false }))).toEqual([403, 'AccessDenied']);
  });
});
