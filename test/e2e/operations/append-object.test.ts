/** APPEND Object, and the CORS preflight of objects. Source: spec/objects.md §8.3, §8.9. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, md5Hex, put, putParts } from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'append');
});
afterAll(() => server.remove());

const append = (
  key: string,
  position: number | string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  to: Send = send,
): Promise<Answer> => to({ method: 'POST', key, query: { append: '', position: String(position) }, headers, body });
const get = (key: string) => send({ method: 'GET', key });
const head = async (key: string) => (await send({ method: 'HEAD', key })).headers;

describe('AppendObject', () => {
  it('grows the object, and says where to go on', async () => {
    let whole = '';
    const etags = new Set<string>();
    for (const piece of ['first ', '', 'second ', 'x'.repeat(100_000)]) {
      const answer = await expectStatus(append('log', whole.length, piece), 200);
      whole += piece;
      expect(answer.headers).toMatchObject({
        'x-cos-next-append-position': String(whole.length),
        // The MD5 of this piece, whatever the name says.
        'x-cos-content-sha1': md5Hex(piece),
      });
      expect(answer.text).toBe('');
      etags.add(answer.headers['etag']!);
      const shown = await head('log');
      expect(shown).toMatchObject({
        'x-cos-object-type': 'appendable',
        'content-length': String(whole.length),
        etag: answer.headers['etag'],
        'x-cos-hash-crc64ecma': answer.headers['x-cos-hash-crc64ecma'],
      });
    }
    expect(etags.size).toBe(4);
    expect((await get('log')).text).toBe(whole);
    const plain = await put(send, 'plain', whole);
    expect((await head('log'))['x-cos-hash-crc64ecma']).toBe(plain.headers['x-cos-hash-crc64ecma']);
    const range = await send({ method: 'GET', key: 'log', headers: { Range: 'bytes=4-14' } });
    expect(range.text).toBe(whole.slice(4, 15));
  });

  it('takes metadata, tags, ACL and class from the first append alone', async () => {
    const first = {
      'Content-Type': 'text/first',
      'Cache-Control': 'no-store',
      'x-cos-meta-a': 'first',
      'x-cos-tagging': 'a=1',
      'x-cos-acl': 'public-read',
      'x-cos-storage-class': 'STANDARD_IA',
    };
    await expectStatus(append('meta', 0, '1', first), 200);
    await expectStatus(
      append('meta', 1, '2', {
        'Content-Type': 'text/second',
        'x-cos-meta-a': 'second',
        'x-cos-meta-b': 'b',
        'x-cos-acl': 'private',
      }),
      200,
    );
    const headers = await head('meta');
    expect(headers).toMatchObject({
      'content-type': 'text/first',
      'cache-control': 'no-store',
      'x-cos-meta-a': 'first',
      'x-cos-tagging-count': '1',
      'x-cos-storage-class': 'STANDARD_IA',
    });
    expect(headers['x-cos-meta-b']).toBeUndefined();
    expect((await send({ method: 'GET', key: 'meta', signed: false })).text).toBe('12');
  });

  it('wants the position where the object ends, and tells it', async () => {
    await append('position', 0, 'abc');
    for (const position of [0, 2, 4]) {
      const answer = await append('position', position, 'x');
      expect([answer.error['Code'], answer.headers['x-cos-next-append-position']]).toEqual(['AppendPositionErr', '3']);
    }
    const absent = await append('absent', 1, 'x');
    expect(absent.error['Code']).toBe('AppendPositionErr');
    for (const position of ['', '-1', 'end', '1.5']) {
      expect(failure(await append('position', position, 'x'))).toEqual([400, 'InvalidArgument']);
    }
    expect((await get('position')).text).toBe('abc');
    expect((await send({ method: 'HEAD', key: 'absent' })).status).toBe(404);
  });

  it('goes onto appendable objects only', async () => {
    await put(send, 'normal', 'x');
    await putParts(send, 'parts', ['x']);
    await expectStatus(
      send({ method: 'PUT', key: 'link', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'normal' } }),
      200,
    );
    for (const key of ['normal', 'parts', 'link']) {
      for (const position of [0, 1]) {
        const answer = await append(key, position, 'x');
        expect(answer.error['Code'], key).toBe('ObjectNotAppendable');
        expect(answer.error['Message']).toBe('The operation is not valid for the current state of the object.');
      }
    }
  });

  it('stores nothing of a body that is not what was announced', async () => {
    await append('digest', 0, 'abc', { 'Content-MD5': md5Base64('abc') });
    expect(failure(await append('digest', 3, 'def', { 'Content-MD5': md5Base64('abc') }))).toEqual([400, 'BadDigest']);
    expect((await get('digest')).text).toBe('abc');
    await expectStatus(append('digest', 3, 'def'), 200);
    expect((await get('digest')).text).toBe('abcdef');
  });

  it('of several at one position one wins', async () => {
    await append('race', 0, '0');
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => append('race', 1, String(i))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status !== 200) expect(['AppendPositionErr', 'PathConflict']).toContain(answer.error['Code']);
    }
    expect((await head('race'))['content-length']).toBe('2');
  });

  it('begins again after the object was deleted, and becomes normal when it is overwritten', async () => {
    await append('again', 0, 'old');
    await send({ method: 'DELETE', key: 'again' });
    await expectStatus(append('again', 0, 'new'), 200);
    expect((await get('again')).text).toBe('new');
    await putParts(send, 'again', ['parts']);
    expect((await head('again'))['x-cos-object-type']).toBe('normal');
    expect((await append('again', 5, 'x')).error['Code']).toBe('ObjectNotAppendable');
  });

  it('refuses classes that cannot be appended to', async () => {
    for (const name of ['ARCHIVE', 'DEEP_ARCHIVE', 'INTELLIGENT_TIERING']) {
      const answer = await append('class', 0, 'x', { 'x-cos-storage-class': name });
      expect(failure(answer)).toEqual([400, 'NotSupportedStorageClass']);
    }
  });

  it('is listed with its size', async () => {
    await append('listed', 0, '12345');
    await append('listed', 5, '678');
    const { text } = await send({ method: 'GET', query: { prefix: 'listed' } });
    expect(text).toContain(`<ETag>&quot;${(await head('listed'))['etag']!.slice(1, -1)}&quot;</ETag><Size>8</Size>`);
  });

  it.each(SDKS)('through the SDK %s', async (version, make) => {
    const cos = make(server);
    const at = { Bucket: `append-${APPID}`, Region: REGION, Key: `sdk ${version}` };
    await cos.appendObject({ ...at, Body: 'one ', Position: 0 });
    const { headers } = await cos.headObject(at);
    const answer = await cos.appendObject({ ...at, Body: 'two', Position: Number(headers['content-length']) });
    expect(answer.headers['x-cos-next-append-position']).toBe('7');
    expect((await cos.getObject(at)).Body.toString()).toBe('one two');
  });
});

describe('OptionsObject', () => {
  const preflight = (key: string, headers: Record<string, string>) =>
    send({ method: 'OPTIONS', key, headers: { Origin: 'https://example.com', ...headers }, signed: false });

  it('is refused while the bucket has no CORS rules, without a signature, for any key', async () => {
    for (const key of ['log', 'absent', 'a/b']) {
      const answer = await preflight(key, { 'Access-Control-Request-Method': 'PUT' });
      expect(failure(answer)).toEqual([403, 'AccessForbidden']);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('leaves other answers without CORS headers', async () => {
    await put(send, 'cors', 'x');
    const answer = await send({ method: 'GET', key: 'cors', headers: { Origin: 'https://example.com' } });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });
});
