/** PUT, GET and DELETE Object tagging. Source: spec/objects.md §3, §9.1. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, put, textsOf } from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
let versioned: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'tags');
  versioned = await makeBucket(server, 'tags-versions', { versioning: 'Enabled' });
});
afterAll(() => server.remove());

type Tags = readonly (readonly [string, string])[];
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const tagging = (tags: Tags) =>
  `<Tagging><TagSet>${tags.map(([key, value]) => `<Tag><Key>${escaped(key)}</Key><Value>${escaped(value)}</Value></Tag>`).join('')}</TagSet></Tagging>`;
const query = (versionId?: string) => ({ tagging: '', ...(versionId === undefined ? {} : { versionId }) });
const setTags = (key: string, tags: Tags, versionId?: string, to: Send = send) =>
  to({ method: 'PUT', key, query: query(versionId), body: tagging(tags) });
const getTags = async (key: string, versionId?: string, from: Send = send) => {
  const { text } = await expectStatus(from({ method: 'GET', key, query: query(versionId) }), 200);
  const values = textsOf(text, 'Value');
  return textsOf(text, 'Key').map((name, at) => [name, values[at]]);
};
const count = async (key: string, from: Send = send) =>
  (await from({ method: 'HEAD', key })).headers['x-cos-tagging-count'];

describe('PutObjectTagging', () => {
  it('replaces the whole set, in the order given', async () => {
    await put(send, 'k', 'x', { 'x-cos-tagging': 'first=1' });
    const answer = await expectStatus(
      setTags('k', [
        ['z', '1'],
        ['a', '2'],
      ]),
      200,
    );
    expect(answer.text).toBe('');
    expect(await getTags('k')).toEqual([
      ['z', '1'],
      ['a', '2'],
    ]);
    expect(await count('k')).toBe('2');
    await expectStatus(setTags('k', []), 200);
    expect(await getTags('k')).toEqual([]);
    expect(await count('k')).toBeUndefined();
  });

  it('keeps every allowed character, and case', async () => {
    const tags: Tags = [
      ['+ - _ = . : / @', ' value with + - _ = . : / @ '],
      ['中文é', '标签 1'],
      ['Key', 'VALUE'],
      ['key', ''],
      ['k'.repeat(128), 'v'.repeat(256)],
    ];
    await put(send, 'chars', 'x');
    await expectStatus(setTags('chars', tags), 200);
    expect(await getTags('chars')).toEqual(tags);
  });

  it('takes ten tags, and no more', async () => {
    await put(send, 'ten', 'x');
    const tags = (length: number): Tags => Array.from({ length }, (_, i) => [`k${i}`, `v${i}`] as const);
    await expectStatus(setTags('ten', tags(10)), 200);
    expect(failure(await setTags('ten', tags(11)))).toEqual([400, 'BadRequest']);
    expect(await count('ten')).toBe('10');
  });

  it('changes neither ETag nor modification time, nor the rest', async () => {
    await put(send, 'still', 'x', { 'x-cos-meta-a': '1', 'x-cos-acl': 'public-read' });
    const before = (await send({ method: 'HEAD', key: 'still' })).headers;
    await setTags('still', [['a', '1']]);
    const after = (await send({ method: 'HEAD', key: 'still' })).headers;
    for (const name of ['etag', 'last-modified', 'x-cos-meta-a'] as const) expect(after[name]).toBe(before[name]);
    expect((await send({ method: 'GET', key: 'still', signed: false })).status).toBe(200);
  });

  it('tags one version', async () => {
    const first = (await put(versioned, 'v', '1', { 'x-cos-tagging': 'n=1' })).headers['x-cos-version-id'] as string;
    const second = (await put(versioned, 'v', '2')).headers['x-cos-version-id'] as string;
    await expectStatus(setTags('v', [['only', 'first']], first, versioned), 200);
    expect(await getTags('v', first, versioned)).toEqual([['only', 'first']]);
    expect(await getTags('v', undefined, versioned)).toEqual([]);
    await expectStatus(setTags('v', [['newest', '1']], undefined, versioned), 200);
    expect(await getTags('v', second, versioned)).toEqual([['newest', '1']]);
    expect(await getTags('v', first, versioned)).toEqual([['only', 'first']]);
    expect(await count('v', versioned)).toBe('1');
  });

  it('finds no newest version behind a delete marker, but the older ones', async () => {
    const id = (await put(versioned, 'gone', '1')).headers['x-cos-version-id'] as string;
    const marker = (await versioned({ method: 'DELETE', key: 'gone' })).headers['x-cos-version-id'] as string;
    expect(failure(await setTags('gone', [['a', '1']], undefined, versioned))).toEqual([404, 'NoSuchKey']);
    expect((await setTags('gone', [['a', '1']], marker, versioned)).status).toBe(404);
    await expectStatus(setTags('gone', [['a', '1']], id, versioned), 200);
    expect(await getTags('gone', id, versioned)).toEqual([['a', '1']]);
  });

  it('works on archived and appendable objects', async () => {
    await put(send, 'cold', 'x', { 'x-cos-storage-class': 'ARCHIVE' });
    await send({ method: 'POST', key: 'log', query: { append: '', position: '0' }, body: '1' });
    for (const key of ['cold', 'log']) {
      await expectStatus(setTags(key, [['a', '1']]), 200);
      expect(await getTags(key)).toEqual([['a', '1']]);
    }
    await expectStatus(send({ method: 'POST', key: 'log', query: { append: '', position: '1' }, body: '2' }), 200);
    expect(await getTags('log')).toEqual([['a', '1']]);
  });
});

describe('GetObjectTagging', () => {
  it('gives an untagged object an empty set', async () => {
    await put(send, 'untagged', 'x');
    const { text, headers } = await expectStatus(send({ method: 'GET', key: 'untagged', query: query() }), 200);
    expect(headers['content-type']).toBe('application/xml');
    expect(text).toMatch(/<Tagging><TagSet(?: ?\/>|><\/TagSet>)<\/Tagging>$/);
  });

  it('is for the owner, whatever the ACL', async () => {
    await put(send, 'open', 'x', { 'x-cos-acl': 'public-read' });
    expect(failure(await send({ method: 'GET', key: 'open', query: query(), signed: false }))).toEqual([
      403,
      'AccessDenied',
    ]);
    const body = tagging([]);
    expect((await send({ method: 'PUT', key: 'open', query: query(), body, signed: false })).status).toBe(403);
  });

  it.each(SDKS)('through the SDK %s', async (_, make) => {
    const cos = make(server);
    const at = { Bucket: `tags-${APPID}`, Region: REGION, Key: 'sdk' };
    await cos.putObject({ ...at, Body: 'x' });
    await cos.putObjectTagging({
      ...at,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: '中', Value: '文' },
      ],
    });
    expect((await cos.getObjectTagging(at)).Tags).toEqual([
      { Key: 'a', Value: '1' },
      { Key: '中', Value: '文' },
    ]);
    await cos.deleteObjectTagging(at);
    expect((await cos.getObjectTagging(at)).Tags).toEqual([]);
  });
});

describe('DeleteObjectTagging', () => {
  const drop = (key: string, versionId?: string, from: Send = send) =>
    from({ method: 'DELETE', key, query: query(versionId) });

  it('answers 204, with or without tags', async () => {
    await put(send, 'drop', 'x', { 'x-cos-tagging': 'a=1' });
    for (let times = 0; times < 2; times++) {
      const gone = await drop('drop');
      expect([gone.status, gone.body.length]).toEqual([204, 0]);
      expect(await getTags('drop')).toEqual([]);
    }
    expect((await send({ method: 'GET', key: 'drop' })).text).toBe('x');
    expect(failure(await drop('absent'))).toEqual([404, 'NoSuchKey']);
  });

  it('untags one version', async () => {
    const first = (await put(versioned, 'd', '1', { 'x-cos-tagging': 'a=1' })).headers['x-cos-version-id'] as string;
    await put(versioned, 'd', '2', { 'x-cos-tagging': 'a=2' });
    await expectStatus(drop('d', first, versioned), 204);
    expect(await getTags('d', first, versioned)).toEqual([]);
    expect(await getTags('d', undefined, versioned)).toEqual([['a', '2']]);
    expect((await versioned({ method: 'GET', key: 'd', query: { versionId: first } })).text).toBe('1');
  });
});
