/** PUT Object - Copy. Source: spec/objects.md §3, §6.4, §8.6; docs/compatibility.md. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Hex, put, putParts, textOf, textsOf } from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let versioned: Send;
const BUCKET = `copy-${APPID}`;
const HOST = `${BUCKET}.cos.${REGION}.myqcloud.com`;
const SOURCE = {
  'Content-Type': 'text/source',
  'Cache-Control': 'max-age=1',
  Expires: '1000',
  'Content-Encoding': 'gzip',
  'x-cos-meta-a': 'source',
  'x-cos-tagging': 'from=source&n=1',
  'x-cos-acl': 'public-read',
  'x-cos-storage-class': 'STANDARD_IA',
};
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '1'] });
  send = await makeBucket(server, 'copy');
  versioned = await makeBucket(server, 'copy-versions', { versioning: 'Enabled' });
  await put(send, 'source', 'source body', SOURCE);
});
afterAll(() => server.remove());

function copy(
  key: string,
  source = `${HOST}/source`,
  headers: Record<string, string> = {},
  to: Send = send,
): Promise<Answer> {
  return to({ method: 'PUT', key, headers: { 'x-cos-copy-source': source, 'Content-Length': '0', ...headers } });
}
const copied = (...parameters: Parameters<typeof copy>) => expectStatus(copy(...parameters), 200);
const head = async (key: string, from: Send = send) => (await from({ method: 'HEAD', key })).headers;
const tagsOf = async (key: string) => {
  const { text } = await send({ method: 'GET', key, query: { tagging: '' } });
  return textsOf(text, 'Key').map((name, at) => `${name}=${textsOf(text, 'Value')[at]}`);
};

describe('PutObjectCopy', () => {
  it('answers with ETag, CRC and time of the copy', async () => {
    const { text, headers } = await copied('plain');
    expect(textOf(text, 'ETag')).toBe(`"${md5Hex('source body')}"`);
    expect(textOf(text, 'CRC64')).toBe((await head('source'))['x-cos-hash-crc64ecma']);
    const stamped = Date.parse((await head('plain'))['last-modified']!);
    expect(textOf(text, 'LastModified')).toBe(new Date(stamped).toISOString().replace('.000Z', 'Z'));
    expect(textOf(text, 'VersionId')).toBeUndefined();
    expect([headers['x-cos-version-id'], headers['x-cos-copy-source-version-id']]).toEqual([undefined, undefined]);
    expect((await send({ method: 'GET', key: 'plain' })).text).toBe('source body');
  });

  it.each([
    `${HOST}/source`,
    `http://${HOST}/source`,
    `https://${HOST}/source`,
    `/${HOST}/source`,
    `${BUCKET}.cosv6.${REGION}.myqcloud.com/source`,
    `${BUCKET}.cos-internal.${REGION}.tencentcos.cn/source`,
    `${BUCKET}.cos.accelerate.myqcloud.com/source`,
    `${BUCKET}.cn-north.myqcloud.com/source`,
    `${BUCKET}.gz.mycloud.com/source`,
    `${BUCKET}.cos.ap-mumbai.myqcloud.com/source`,
    `${BUCKET}.storage.example:8080/source`,
    `/${BUCKET}/source`,
    `${BUCKET}/source`,
    encodeURIComponent(`/${BUCKET}/source`),
    `${HOST}/source?versionId=null`,
  ])('finds the source %s', async (source) => {
    expect(textOf((await copied('found', source)).text, 'ETag')).toBe(`"${md5Hex('source body')}"`);
  });

  it.each(['dir/a b+c.txt', '中文/é?x=1&y#z', 'per%20cent', 'q?versionId=1'])(
    'finds the key %j in each spelling',
    async (key) => {
      await put(send, key, key);
      const spellings = [encodeURIComponent(key), key.split('/').map(encodeURIComponent).join('/')];
      for (const spelling of spellings) {
        await copied('found', `${HOST}/${spelling}`);
        expect((await send({ method: 'GET', key: 'found' })).text).toBe(key);
      }
    },
  );

  it('takes raw UTF-8 in the source, and a plus as a plus', async () => {
    await put(send, 'raw/é+中', 'raw');
    await copied('found', Buffer.from(`${HOST}/raw/é+中`).toString('latin1'));
    expect((await send({ method: 'GET', key: 'found' })).text).toBe('raw');
  });

  it('by default keeps metadata and tags, but neither class nor ACL', async () => {
    await copied('kept', undefined, {
      'Content-Type': 'text/ignored',
      'x-cos-meta-b': 'ignored',
      'x-cos-tagging': 'ignored=1',
    });
    const headers = await head('kept');
    expect(headers).toMatchObject({
      'content-type': 'text/source',
      'cache-control': 'max-age=1',
      expires: '1000',
      'content-encoding': 'gzip',
      'x-cos-meta-a': 'source',
      'x-cos-tagging-count': '2',
    });
    expect([headers['x-cos-meta-b'], headers['x-cos-storage-class']]).toEqual([undefined, undefined]);
    expect(await tagsOf('kept')).toEqual(['from=source', 'n=1']);
    expect((await send({ method: 'GET', key: 'source', signed: false })).status).toBe(200);
    expect((await send({ method: 'GET', key: 'kept', signed: false })).status).toBe(403);
  });

  it.each(['Replaced', 'REPLACE', 'replaced'])(
    'x-cos-metadata-directive %s takes the headers instead',
    async (directive) => {
      await copied('new.txt', undefined, {
        'x-cos-metadata-directive': directive,
        'Content-Language': 'de',
        'x-cos-meta-b': 'new',
        'x-cos-acl': 'public-read',
        'x-cos-storage-class': 'archive',
      });
      const headers = await head('new.txt');
      expect(headers).toMatchObject({
        'content-type': 'text/plain',
        'content-language': 'de',
        'x-cos-meta-b': 'new',
        'x-cos-storage-class': 'ARCHIVE',
        'x-cos-tagging-count': '2',
      });
      for (const name of ['cache-control', 'expires', 'content-encoding', 'x-cos-meta-a'])
        expect(headers[name]).toBeUndefined();
      expect((await send({ method: 'GET', key: 'new.txt', query: { acl: '' } })).headers['x-cos-acl']).toBe(
        'public-read',
      );
    },
  );

  it('x-cos-tagging-directive is about the tags alone', async () => {
    await copied('tagged', undefined, { 'x-cos-tagging-directive': 'Replaced', 'x-cos-tagging': 'own=%3A1' });
    expect(await tagsOf('tagged')).toEqual(['own=:1']);
    expect((await head('tagged'))['x-cos-meta-a']).toBe('source');
    await copied('tagged', undefined, { 'x-cos-tagging-directive': 'Replaced' });
    expect(await tagsOf('tagged')).toEqual([]);
    await copied('tagged', undefined, { 'x-cos-tagging-directive': 'Copy', 'x-cos-tagging': 'own=1' });
    expect(await tagsOf('tagged')).toEqual(['from=source', 'n=1']);
    const odd = await copy('tagged', undefined, { 'x-cos-tagging-directive': 'Merge' });
    expect(failure(odd)).toEqual([400, 'InvalidArgument']);
  });

  it('onto itself: only to change something', async () => {
    await put(send, 'self', 'self', { 'x-cos-meta-a': '1', 'x-cos-tagging': 'a=1' });
    const self = `${HOST}/self`;
    expect(failure(await copy('self', self))).toEqual([400, 'InvalidRequest']);
    await copied('self', self, { 'x-cos-metadata-directive': 'Replaced', 'x-cos-meta-a': '2' });
    expect((await head('self'))['x-cos-meta-a']).toBe('2');
    await copied('self', self, { 'x-cos-storage-class': 'STANDARD_IA' });
    expect(await head('self')).toMatchObject({ 'x-cos-storage-class': 'STANDARD_IA', 'x-cos-meta-a': '2' });
    await copied('self', self, { 'x-cos-tagging-directive': 'Replaced', 'x-cos-tagging': 'b=2' });
    expect(await tagsOf('self')).toEqual(['b=2']);
    expect((await send({ method: 'GET', key: 'self' })).text).toBe('self');
    // Without a class the copy is STANDARD again: that is a change too, once.
    await copied('self', self, { 'x-cos-metadata-directive': 'Replaced' });
    expect((await head('self'))['x-cos-storage-class']).toBeUndefined();
  });

  it('sets a redirect, whatever the directive', async () => {
    await put(send, 'redirect', 'x', { 'x-cos-meta-a': '1' });
    const redirect = { 'x-cos-website-redirect-location': '/there' };
    await copied('redirect', `${HOST}/redirect`, redirect);
    expect(await head('redirect')).toMatchObject({ ...redirect, 'x-cos-meta-a': '1' });
    expect(failure(await copy('redirect', `${HOST}/redirect`, redirect))).toEqual([400, 'InvalidRequest']);
    await copied('redirected', `${HOST}/redirect`);
    expect(await head('redirected')).toMatchObject(redirect);
    await copied('redirected', `${HOST}/redirect`, { 'x-cos-metadata-directive': 'Replaced' });
    expect((await head('redirected'))['x-cos-website-redirect-location']).toBeUndefined();
  });

  it('onto itself makes a version, and leaves the one before as it was', async () => {
    const host = `copy-versions-${APPID}.cos.${REGION}.myqcloud.com`;
    const before = await put(versioned, 's', 's', { 'x-cos-meta-a': '1' });
    const replaced = { 'x-cos-metadata-directive': 'Replaced', 'x-cos-meta-a': '2', 'x-cos-storage-class': 'ARCHIVE' };
    const after = await copied('s', `${host}/s`, replaced, versioned);
    expect(after.headers['x-cos-copy-source-version-id']).toBe(before.headers['x-cos-version-id']);
    expect(await head('s', versioned)).toMatchObject({ 'x-cos-meta-a': '2', 'x-cos-storage-class': 'ARCHIVE' });
    const query = { versionId: before.headers['x-cos-version-id'] as string };
    const old = await versioned({ method: 'GET', key: 's', query });
    expect([old.text, old.headers['x-cos-meta-a'], old.headers['x-cos-storage-class']]).toEqual(['s', '1', undefined]);
  });

  it('gives a multipart object an ETag of one body, and reads it whole', async () => {
    const parts = ['a'.repeat(100_000), 'b'.repeat(100_000)];
    const done = await putParts(send, 'multi', parts);
    expect(textOf(done.text, 'ETag')).toMatch(/-2"$/);
    const { text } = await copied('from-multi', `${HOST}/multi`);
    expect(textOf(text, 'ETag')).toBe(`"${md5Hex(parts.join(''))}"`);
    expect(textOf(text, 'CRC64')).toBe((await head('multi'))['x-cos-hash-crc64ecma']);
    expect((await send({ method: 'GET', key: 'from-multi' })).text).toBe(parts.join(''));
  });

  it('copies nothing into nothing', async () => {
    await put(send, 'zero', '');
    expect(textOf((await copied('zero-copy', `${HOST}/zero`)).text, 'ETag')).toBe(`"${md5Hex('')}"`);
    expect((await head('zero-copy'))['content-length']).toBe('0');
  });

  it('copies between buckets and versions', async () => {
    const ids: string[] = [];
    for (const body of ['1', '2']) ids.push((await put(versioned, 'v', body)).headers['x-cos-version-id'] as string);
    const host = `copy-versions-${APPID}.cos.${REGION}.myqcloud.com`;
    const old = await copied('old', `${host}/v?versionId=${ids[0]}`);
    expect(old.headers['x-cos-copy-source-version-id']).toBe(ids[0]);
    expect((await send({ method: 'GET', key: 'old' })).text).toBe('1');
    await copied('newest', `${host}/v`);
    expect((await send({ method: 'GET', key: 'newest' })).text).toBe('2');

    // An old version onto its own key brings it back.
    const back = await copied('v', `${host}/v?versionId=${ids[0]}`, {}, versioned);
    const id = textOf(back.text, 'VersionId');
    expect(back.headers['x-cos-version-id']).toBe(id);
    expect(ids).not.toContain(id);
    expect((await versioned({ method: 'GET', key: 'v' })).text).toBe('1');
    expect((await versioned({ method: 'GET', key: 'v', query: { versionId: ids[1]! } })).text).toBe('2');

    const marker = (await versioned({ method: 'DELETE', key: 'v' })).headers['x-cos-version-id'] as string;
    expect(failure(await copy('x', `${host}/v`))).toEqual([404, 'NoSuchCopySource']);
    expect(failure(await copy('x', `${host}/v?versionId=${marker}`))).toEqual([400, 'InvalidRequest']);
    await copied('x', `${host}/v?versionid=${ids[1]}`);
    expect((await send({ method: 'GET', key: 'x' })).text).toBe('2');
  });

  it('judges conditions on the source; every failure is 412', async () => {
    const { etag, 'last-modified': modified } = await head('source');
    const before = new Date(Date.parse(modified!) - 1_000).toUTCString();
    const after = new Date(Date.parse(modified!) + 1_000).toUTCString();
    const IF = 'x-cos-copy-source-If-';
    const cases: [Record<string, string>, number][] = [
      [{ [`${IF}Match`]: etag! }, 200],
      [{ [`${IF}Match`]: '"x"' }, 412],
      [{ [`${IF}None-Match`]: '"x"' }, 200],
      [{ [`${IF}None-Match`]: etag! }, 412],
      [{ [`${IF}Modified-Since`]: before }, 200],
      [{ [`${IF}Modified-Since`]: after }, 412],
      [{ [`${IF}Unmodified-Since`]: after }, 200],
      [{ [`${IF}Unmodified-Since`]: before }, 412],
      [{ [`${IF}Match`]: etag!, [`${IF}Unmodified-Since`]: before }, 200],
      [{ [`${IF}None-Match`]: etag!, [`${IF}Modified-Since`]: before }, 412],
    ];
    for (const [headers, status] of cases) {
      const answer = await copy('conditional', undefined, headers);
      expect([answer.status, answer.error['Code']], JSON.stringify(headers)).toEqual([
        status,
        status === 200 ? undefined : 'PreconditionFailed',
      ]);
    }
  });

  it('judges guards of the target', async () => {
    await put(send, 'target', 'kept');
    const forbid = { 'x-cos-forbid-overwrite': 'true' };
    expect(failure(await copy('target', undefined, forbid))).toEqual([409, 'FileAlreadyExists']);
    expect(failure(await copy('target', undefined, { 'If-None-Match': '*' }))).toEqual([412, 'PreconditionFailed']);
    expect(failure(await copy('target', undefined, { 'If-Match': '"x"' }))).toEqual([412, 'PreconditionFailed']);
    expect((await send({ method: 'GET', key: 'target' })).text).toBe('kept');
    await copied('target', undefined, { 'If-Match': `"${md5Hex('kept')}"` });
    await copied('untouched', undefined, { ...forbid, 'If-None-Match': '*' });
  });

  it('refuses sources that cannot be read', async () => {
    await send({ method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'line' });
    await put(send, 'cold', 'cold', { 'x-cos-storage-class': 'ARCHIVE' });
    const unread = await copy('x', `${HOST}/cold`);
    expect(failure(unread)).toEqual([403, 'InvalidObjectState']);
    expect(unread.headers['x-cos-storage-class']).toBe('ARCHIVE');
    expect(failure(await copy('x', `${HOST}/log`))).toEqual([400, 'InvalidRequest']);
    expect(failure(await copy('x', `${HOST}/absent`))).toEqual([404, 'NoSuchCopySource']);
    expect(failure(await copy('x', `absent-${APPID}/k`))).toEqual([404, 'NoSuchBucket']);
    expect(failure(await copy('x', `${HOST}/source?versionId=MTg0NDUxNzcwMDkzMDE3NDQ0MDU`))[1]).toBe('NoSuchVersion');
  });

  it('needs READ on the source of whoever asks', async () => {
    const open = await makeBucket(server, 'copy-open', { acl: 'public-read-write' });
    const anonymous = (source: string) =>
      open({ method: 'PUT', key: 'k', signed: false, headers: { 'x-cos-copy-source': source, 'Content-Length': '0' } });
    expect((await anonymous(`${HOST}/source`)).status).toBe(200);
    expect(failure(await anonymous(`${HOST}/plain`))).toEqual([403, 'AccessDenied']);
    expect(failure(await anonymous(`${HOST}/absent`))).toEqual([403, 'AccessDenied']);
  });

  it.each(SDKS)('works through the SDK %s', async (_, make) => {
    const cos = make(server);
    const here = { Bucket: BUCKET, Region: REGION };
    const answer = await cos.putObjectCopy({ ...here, Key: 'sdk', CopySource: `${HOST}/source` });
    expect(answer.ETag).toBe(`"${md5Hex('source body')}"`);
    await cos.putObjectCopy({
      ...here,
      Key: 'sdk',
      CopySource: `${HOST}/sdk`,
      MetadataDirective: 'Replaced',
      Headers: { 'x-cos-meta-b': 'sdk' },
    });
    expect(await head('sdk')).toMatchObject({ 'x-cos-meta-b': 'sdk' });
    const sliced = await cos.sliceCopyFile({ ...here, Key: 'sliced', CopySource: `${HOST}/source`, CopySliceSize: 1 });
    expect(sliced.statusCode).toBe(200);
    expect((await send({ method: 'GET', key: 'sliced' })).text).toBe('source body');
  });
});
