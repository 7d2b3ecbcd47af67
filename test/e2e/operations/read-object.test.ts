/** GET and HEAD Object: ranges, parts, conditions, overrides. Source: spec/objects.md §6.3, §8.4, §8.5. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, makeBucket, md5Hex, put, putParts } from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '1'] });
  send = await makeBucket(server, 'read');
  await put(send, 'digits', '0123456789', { 'x-cos-meta-a': 'b' });
  await put(send, 'empty', '');
});
afterAll(() => server.remove());

const read = (method: string, key: string, headers: Record<string, string> = {}, query: Record<string, string> = {}) =>
  send({ method, key, headers, query });
const BOTH = ['GET', 'HEAD'] as const;
const shown = ({ status, headers, text }: Answer) => [
  status,
  headers['content-length'],
  headers['content-range'],
  text,
];

describe('GetObject', () => {
  it('answers with the headers clients parse', async () => {
    const { headers, text } = await read('GET', 'digits');
    expect(text).toBe('0123456789');
    expect(headers).toMatchObject({
      'content-length': '10',
      'accept-ranges': 'bytes',
      etag: `"${md5Hex('0123456789')}"`,
      'x-cos-object-type': 'normal',
      'x-cos-meta-a': 'b',
    });
    expect(headers['last-modified']).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(headers['transfer-encoding']).toBeUndefined();
    const absent = ['x-cos-version-id', 'x-cos-storage-class', 'x-cos-restore', 'x-cos-tagging-count', 'x-cos-acl'];
    for (const name of absent) expect(headers[name], name).toBeUndefined();
  });

  it.each([
    ['bytes=2-4', 206, '3', 'bytes 2-4/10', '234'],
    ['bytes=7-', 206, '3', 'bytes 7-9/10', '789'],
    ['bytes=0-0', 206, '1', 'bytes 0-0/10', '0'],
    ['bytes=8-100', 206, '2', 'bytes 8-9/10', '89'],
    ['bytes=-3', 206, '3', 'bytes 7-9/10', '789'],
    ['bytes=-100', 206, '10', 'bytes 0-9/10', '0123456789'],
    ['bytes=4-2', 200, '10', undefined, '0123456789'],
    ['items=0-1', 200, '10', undefined, '0123456789'],
    ['bytes=a-b', 200, '10', undefined, '0123456789'],
    ['bytes=0-1,4-5', 200, '10', undefined, '0123456789'],
  ])('Range %s is %d', async (range, ...wanted) => {
    const got = await read('GET', 'digits', { Range: range });
    expect(shown(got)).toEqual(wanted);
    // Of the whole object, on a part too: resuming clients compare it.
    expect(got.headers['x-cos-hash-crc64ecma']).toBe((await read('HEAD', 'digits')).headers['x-cos-hash-crc64ecma']);
  });

  it.each([
    ['digits', 'bytes=10-', '*/10'],
    ['digits', 'bytes=-0', '*/10'],
    ['empty', 'bytes=0-', '*/0'],
    ['empty', 'bytes=0-0', '*/0'],
  ])('%s has nothing at %s', async (key, range, size) => {
    const got = await read('GET', key, { Range: range });
    expect(failure(got)).toEqual([416, 'InvalidRange']);
    expect(got.headers['content-range']).toBe(`bytes ${size}`);
  });

  it('replaces headers by response-*, for signed requests', async () => {
    const query = {
      'response-content-type': 'text/x; charset=utf-8',
      'response-content-language': 'fr',
      'response-expires': 'Thu, 01 Jan 2030 00:00:00 GMT',
      'response-cache-control': 'no-store',
      'response-content-disposition': 'attachment; filename="中.txt"',
      'response-content-encoding': 'br',
    };
    for (const headers of [{}, { Range: 'bytes=0-1' }]) {
      const got = await read('GET', 'digits', headers, query);
      expect(got.headers).toMatchObject({
        'content-type': 'text/x; charset=utf-8',
        'content-language': 'fr',
        expires: 'Thu, 01 Jan 2030 00:00:00 GMT',
        'cache-control': 'no-store',
        'content-encoding': 'br',
      });
      expect(Buffer.from(got.headers['content-disposition']!, 'latin1').toString()).toBe(
        query['response-content-disposition'],
      );
    }
    const open = await makeBucket(server, 'read-open', { acl: 'public-read' });
    await put(open, 'k', 'open');
    expect((await open({ method: 'GET', key: 'k', signed: false })).text).toBe('open');
    const refused = await open({ method: 'GET', key: 'k', query: { 'response-expires': '1' }, signed: false });
    expect(failure(refused)).toEqual([400, 'InvalidRequest']);
  });

  it('knows no folders', async () => {
    await put(send, 'dir/file', 'x');
    expect(failure(await read('GET', 'dir'))).toEqual([404, 'NoSuchKey']);
    expect(failure(await read('GET', 'dir/'))).toEqual([404, 'NoSuchKey']);
    await put(send, 'dir/', 'folder');
    expect((await read('GET', 'dir/')).text).toBe('folder');
    expect((await read('GET', 'dir/file')).text).toBe('x');
  });

  it('honours If-Range', async () => {
    const { headers } = await read('HEAD', 'digits');
    const ranged = (validator: string) => read('GET', 'digits', { Range: 'bytes=1-2', 'If-Range': validator });
    expect((await ranged(headers['etag']!)).text).toBe('12');
    expect((await ranged(headers['last-modified']!)).text).toBe('12');
    for (const other of ['"0123"', 'Thu, 01 Jan 1970 00:00:00 GMT']) expect((await ranged(other)).status).toBe(200);
  });

  it('reads parts of a multipart object by their number', async () => {
    const parts = [randomBytes(700_000), randomBytes(5), randomBytes(1_500_000)];
    const done = await putParts(send, 'parts', parts);
    expect(done.headers['x-cos-hash-crc64ecma']).toBe((await read('HEAD', 'parts')).headers['x-cos-hash-crc64ecma']);
    const size = parts.reduce((sum, part) => sum + part.length, 0);
    let start = 0;
    for (const [at, part] of parts.entries()) {
      const query = { partNumber: String(at + 1) };
      const got = await read('GET', 'parts', {}, query);
      expect(got.status).toBe(206);
      expect(got.body.equals(part)).toBe(true);
      const range = `bytes ${start}-${start + part.length - 1}/${size}`;
      expect(got.headers['content-range']).toBe(range);
      const head = await read('HEAD', 'parts', {}, query);
      expect([head.status, head.headers['content-length'], head.headers['content-range']]).toEqual([
        206,
        String(part.length),
        range,
      ]);
      start += part.length;
    }
    expect((await read('GET', 'parts', {}, { partNumber: '4' })).status).toBe(416);
    expect((await read('GET', 'parts')).body.equals(Buffer.concat(parts))).toBe(true);
    const across = await read('GET', 'parts', { Range: 'bytes=699999-700006' });
    expect(across.body.equals(Buffer.concat(parts).subarray(699_999, 700_007))).toBe(true);
    expect((await read('GET', 'digits', {}, { partNumber: '1' })).text).toBe('0123456789');
  });

  it.each(SDKS)('gives the SDK %s what it asks for', async (_, make) => {
    const cos = make(server);
    const at = { Bucket: `read-${APPID}`, Region: REGION, Key: 'digits' };
    const got = await cos.getObject({ ...at, Range: 'bytes=1-3', ResponseContentType: 'text/odd' });
    expect([got.statusCode, got.Body.toString(), got.headers['content-type']]).toEqual([206, '123', 'text/odd']);
    const { headers } = await cos.headObject(at);
    expect([headers['content-length'], headers['x-cos-meta-a']]).toEqual(['10', 'b']);
  });
});

describe.each(BOTH)('conditions of %s', (method) => {
  let etag = '';
  let modified = '';
  let before = '';
  let after = '';
  beforeAll(async () => {
    const { headers } = await read('HEAD', 'digits');
    etag = headers['etag']!;
    modified = headers['last-modified']!;
    before = new Date(Date.parse(modified) - 1_000).toUTCString();
    after = new Date(Date.parse(modified) + 1_000).toUTCString();
  });
  const status = async (headers: Record<string, string>) => (await read(method, 'digits', headers)).status;

  it('If-Match', async () => {
    expect(await status({ 'If-Match': etag })).toBe(200);
    expect(await status({ 'If-Match': `"x", ${etag}` })).toBe(200);
    expect(await status({ 'If-Match': '*' })).toBe(200);
    expect(await status({ 'If-Match': '"x"' })).toBe(412);
    expect(await status({ 'If-Match': '""' })).toBe(412);
    expect(await status({ 'If-Match': etag.replaceAll('"', '') })).toBe(412);
  });

  it('If-None-Match', async () => {
    expect(await status({ 'If-None-Match': '"x"' })).toBe(200);
    expect(await status({ 'If-None-Match': '""' })).toBe(200);
    expect(await status({ 'If-None-Match': etag })).toBe(304);
    expect(await status({ 'If-None-Match': `W/${etag}` })).toBe(304);
    expect(await status({ 'If-None-Match': `"x", ${etag}` })).toBe(304);
    expect(await status({ 'If-None-Match': '*' })).toBe(304);
  });

  it('If-Modified-Since and If-Unmodified-Since', async () => {
    expect(await status({ 'If-Modified-Since': before })).toBe(200);
    expect(await status({ 'If-Modified-Since': modified })).toBe(304);
    expect(await status({ 'If-Modified-Since': after })).toBe(304);
    expect(await status({ 'If-Unmodified-Since': before })).toBe(412);
    expect(await status({ 'If-Unmodified-Since': modified })).toBe(200);
    for (const name of ['If-Modified-Since', 'If-Unmodified-Since'])
      expect(await status({ [name]: 'yesterday' })).toBe(200);
  });

  it('entity tags come before dates, conditions before ranges', async () => {
    expect(await status({ 'If-Match': etag, 'If-Unmodified-Since': before })).toBe(200);
    expect(await status({ 'If-None-Match': etag, 'If-Modified-Since': before })).toBe(304);
    expect(await status({ 'If-None-Match': '"x"', 'If-Modified-Since': after })).toBe(200);
    expect(await status({ 'If-None-Match': etag, Range: 'bytes=0-1' })).toBe(304);
    expect(await status({ 'If-Match': etag, Range: 'bytes=0-1' })).toBe(206);
    expect(await status({ 'If-Match': '"x"', Range: 'bytes=99-' })).toBe(412);
  });

  it('an unmodified answer has the ETag and no body', async () => {
    const got = await read(method, 'digits', { 'If-None-Match': etag });
    expect([got.headers['etag'], got.body.length]).toEqual([etag, 0]);
    expect(got.headers['x-cos-request-id']).toMatch(/./);
    const failed = await read(method, 'digits', { 'If-Match': '"x"' });
    expect(failed.text.includes('<Code>PreconditionFailed</Code>')).toBe(method === 'GET');
  });
});

describe('HeadObject', () => {
  it('says what GET says, without a body', async () => {
    const got = await read('GET', 'digits');
    const head = await read('HEAD', 'digits');
    const pick = ({ headers }: Answer) => {
      const { date: _, 'x-cos-request-id': __, ...rest } = headers;
      return rest;
    };
    expect(pick(head)).toEqual(pick(got));
    expect(head.body.length).toBe(0);
  });

  it('has a length with ranges too', async () => {
    const head = await read('HEAD', 'digits', { Range: 'bytes=2-4' });
    expect([head.status, head.headers['content-length'], head.headers['content-range']]).toEqual([
      206,
      '3',
      'bytes 2-4/10',
    ]);
    expect((await read('HEAD', 'digits', { Range: 'bytes=10-' })).status).toBe(416);
  });

  it('replaces headers by response-*, as GET does', async () => {
    const query = { 'response-content-type': 'text/x', 'response-cache-control': 'no-store' };
    const head = await read('HEAD', 'digits', {}, query);
    expect([head.headers['content-type'], head.headers['cache-control']]).toEqual(['text/x', 'no-store']);
  });

  it('fails by status alone, with ids to ask about', async () => {
    const head = await read('HEAD', 'absent');
    expect([head.status, head.headers['content-type'], head.body.length]).toEqual([404, 'application/xml', 0]);
    expect(head.headers['x-cos-trace-id']).toMatch(/./);
    expect(head.headers['x-cos-delete-marker']).toBeUndefined();
    expect((await send({ method: 'HEAD', key: 'digits', signed: false })).status).toBe(403);
    expect((await send({ method: 'HEAD', key: 'absent', signed: false })).status).toBe(403);
  });

  it('does not change over time', async () => {
    const first = await read('HEAD', 'digits');
    await send({ method: 'PUT', key: 'digits', query: { acl: '' }, headers: { 'x-cos-acl': 'private' } });
    const second = await read('HEAD', 'digits');
    for (const name of ['etag', 'last-modified', 'content-length', 'x-cos-hash-crc64ecma'] as const) {
      expect(second.headers[name]).toBe(first.headers[name]);
    }
  });
});
