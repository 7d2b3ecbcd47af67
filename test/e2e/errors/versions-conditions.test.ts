/** Versions, conditions, ranges, guards against overwriting and races. Source: spec/objects.md §2.15, §3, §6, §8.4. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initiate, makeBucket, md5Base64, partList, put, setVersioning, uploadPart } from '../../support/buckets.ts';
import { converse } from '../../support/conversation.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError, expectNotModified } from '../../support/expect-error.ts';
import type { Send, Sent } from '../../support/http.ts';
import { authorization } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const PAST = 'Tue, 01 Jan 2019 00:00:00 GMT';
const FUTURE = 'Fri, 01 Jan 2100 00:00:00 GMT';
const OTHER_ETAG = '"00000000000000000000000000000000"';

let server: ServerProcess;
let plain: Send;
let versioned: Send;
beforeAll(async () => {
  server = await startServerProcess();
  plain = await makeBucket(server, 'plain');
  versioned = await makeBucket(server, 'versioned');
  await setVersioning(versioned, 'Enabled');
});
afterAll(() => server.remove());

describe('versions', () => {
  const READS: readonly Omit<Sent, 'key' | 'query'>[] = [{ method: 'GET' }];
  const SUBRESOURCES: readonly (readonly [name: string, sent: Sent])[] = [
    ['acl', { method: 'GET' }],
    ['acl', { method: 'PUT', headers: { 'x-cos-acl': 'private' } }],
    ['tagging', { method: 'GET' }],
    ['tagging', { method: 'PUT', body: '<Tagging><TagSet/></Tagging>' }],
    ['tagging', { method: 'DELETE' }],
    ['symlink', { method: 'GET' }],
    ['restore', { method: 'POST', body: '<RestoreRequest><Days>1</Days></RestoreRequest>' }],
  ];
  /** All that take a versionId. */
  const all = (versionId: string): Sent[] => [
    ...READS.map((sent) => ({ ...sent, query: { versionId } })),
    ...SUBRESOURCES.map(([name, sent]) => ({ ...sent, query: { [name]: '', versionId } })),
  ];

  it('that do not exist, or are no versions', async () => {
    await put(plain, 'k', 'x');
    await put(versioned, 'k', 'x');
    const unknown = Buffer.from('18445177009301744405').toString('base64').replace(/=+$/, '');
    for (const versionId of [unknown, 'nonsense', 'null']) {
      for (const sent of all(versionId)) expectError(await versioned({ ...sent, key: 'k' }), 400, 'NoSuchVersion');
      expectHeadError(await versioned({ method: 'HEAD', key: 'k', query: { versionId } }), 400);
    }
    const inPlain = { method: 'GET', key: 'k', query: { versionId: unknown } };
    expectError(await plain(inPlain), 400, 'NoSuchVersion');
    await done(plain, { method: 'GET', key: 'k', query: { versionId: 'null' } });
    const removed = { method: 'DELETE', key: 'k', query: { versionId: unknown } };
    expect((await versioned(removed)).status).toBe(204);
  });

  it('that are delete markers', async () => {
    await put(versioned, 'gone', 'x');
    const marker = (await done(versioned, { method: 'DELETE', key: 'gone' })).headers['x-cos-version-id'] as string;
    for (const sent of all(marker)) expectError(await versioned({ ...sent, key: 'gone' }), 404, 'NoSuchKey');
    const named = await versioned({ method: 'HEAD', key: 'gone', query: { versionId: marker } });
    expectHeadError(named, 404);
    expect(named.headers['x-cos-delete-marker']).toBe('true');
    const newest = await versioned({ method: 'HEAD', key: 'gone' });
    expectHeadError(newest, 404);
    expect(newest.headers['x-cos-delete-marker']).toBeUndefined();
    expectError(await versioned({ method: 'GET', key: 'gone' }), 404, 'NoSuchKey');
  });
});

describe('conditions of reads', () => {
  const FAILING: readonly Record<string, string>[] = [
    { 'If-Match': OTHER_ETAG },
    { 'If-Match': '""' },
    { 'If-Unmodified-Since': PAST },
    { 'If-Match': OTHER_ETAG, 'If-None-Match': OTHER_ETAG },
  ];

  it('that fail', async () => {
    await put(plain, 'read', 'hello');
    for (const headers of FAILING) {
      const answer = await plain({ method: 'GET', key: 'read', headers });
      expectError(answer, 412, 'PreconditionFailed', 'Precondition not match.');
      expectHeadError(await plain({ method: 'HEAD', key: 'read', headers }), 412);
    }
  });

  it('that say nothing has changed', async () => {
    const etag = (await put(plain, 'read', 'hello')).headers.etag!;
    for (const headers of [
      { 'If-None-Match': etag },
      { 'If-None-Match': '*' },
      { 'If-Modified-Since': FUTURE },
      { 'If-None-Match': etag, 'If-Modified-Since': PAST },
    ]) {
      expectNotModified(await plain({ method: 'GET', key: 'read', headers }));
      expectNotModified(await plain({ method: 'HEAD', key: 'read', headers }));
    }
    const holds = { 'If-Match': etag, 'If-Unmodified-Since': PAST };
    await done(plain, { method: 'GET', key: 'read', headers: holds });
  });
});

describe('ranges', () => {
  it('that begin at or behind the end', async () => {
    await put(plain, 'ten', '0123456789');
    await put(plain, 'empty', '');
    for (const [key, size, ranges] of [
      ['ten', 10, ['bytes=10-', 'bytes=10-20', 'bytes=99-100', 'bytes=-0']],
      ['empty', 0, ['bytes=0-', 'bytes=0-0', 'bytes=-1']],
    ] as const) {
      for (const Range of ranges) {
        const answer = await plain({ method: 'GET', key, headers: { Range } });
        expectError(answer, 416, 'InvalidRange');
        expect(answer.headers['content-range']).toBe(`bytes */${size}`);
        expectHeadError(await plain({ method: 'HEAD', key, headers: { Range } }), 416);
      }
    }
    for (const partNumber of ['2', '10000']) {
      expectError(await plain({ method: 'GET', key: 'ten', query: { partNumber } }), 416, 'InvalidRange');
    }
  });
});

describe('guards of writes', () => {
  const keep = { 'x-cos-forbid-overwrite': 'true' };
  const source = `/plain-${APPID}/source`;

  it('x-cos-forbid-overwrite', async () => {
    await put(plain, 'source', 'x');
    await put(plain, 'kept', 'first');
    const uploadId = await initiate(plain, 'kept');
    const etag = await uploadPart(plain, 'kept', uploadId, 1, 'second');
    const all: readonly Sent[] = [
      { method: 'PUT', body: 'second', headers: keep },
      { method: 'PUT', headers: { ...keep, 'x-cos-copy-source': source } },
      { method: 'POST', query: { uploads: '' }, headers: keep },
      { method: 'POST', query: { uploadId }, headers: keep, body: partList([etag]) },
      { method: 'PUT', query: { symlink: '' }, headers: { ...keep, 'x-cos-symlink-target': 'source' } },
    ];
    for (const sent of all) expectError(await plain({ ...sent, key: 'kept' }), 409, 'FileAlreadyExists');
    expect((await plain({ method: 'GET', key: 'kept' })).text).toBe('first');
    await put(plain, 'fresh', 'x', keep);
  });

  it('two writers who both want to be the first', async () => {
    const writers = Array.from({ length: 8 }, (_, n) =>
      plain({ method: 'PUT', key: 'race', body: `writer ${n}`, headers: keep }),
    );
    const answers = await Promise.all(writers);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const lost of answers.filter(({ status }) => status !== 200)) expectError(lost, 409, 'FileAlreadyExists');
  });

  it('If-Match and If-None-Match', async () => {
    await put(plain, 'source', 'x');
    await put(plain, 'guarded', 'first');
    const uploadId = await initiate(plain, 'guarded');
    const etag = await uploadPart(plain, 'guarded', uploadId, 1, 'second');
    const writes: readonly Sent[] = [
      { method: 'PUT', body: 'second' },
      { method: 'PUT', headers: { 'x-cos-copy-source': source } },
      { method: 'POST', query: { uploadId }, body: partList([etag]) },
    ];
    for (const guard of [{ 'If-None-Match': '*' }, { 'If-Match': OTHER_ETAG }]) {
      for (const sent of writes) {
        const guarded = { ...sent, key: 'guarded', headers: { ...sent.headers, ...guard } };
        expectError(await plain(guarded), 412, 'PreconditionFailed');
      }
    }
    const removal = { method: 'DELETE', key: 'guarded', headers: { 'If-Match': OTHER_ETAG } };
    expectError(await plain(removal), 412, 'PreconditionFailed');
    const onAbsent = { method: 'PUT', key: 'nothing', body: 'x', headers: { 'If-Match': OTHER_ETAG } };
    expectError(await plain(onAbsent), 404, 'NoSuchKey');
    expect((await plain({ method: 'GET', key: 'guarded' })).text).toBe('first');
  });

  it('one key of DELETE Multiple Objects', async () => {
    await put(plain, 'one', 'x');
    await put(plain, 'two', 'x');
    const body = `<Delete><Object><Key>one</Key><ETag>${OTHER_ETAG}</ETag></Object><Object><Key>two</Key></Object></Delete>`;
    const answer = await done(plain, {
      method: 'POST',
      query: { delete: '' },
      body,
      headers: { 'Content-MD5': md5Base64(body) },
    });
    expect(answer.text).toMatch(
      /<Error><Key>one<\/Key><Code>PreconditionFailed<\/Code><Message>[^<]+<\/Message><\/Error>/,
    );
    expect(answer.text).toContain('<Deleted><Key>two</Key></Deleted>');
  });
});

describe('races', () => {
  it('an append under way while the object it began with is replaced', async () => {
    const query = { append: '', position: '0' };
    const host = `plain-${APPID}.cos.${REGION}.myqcloud.com`;
    const slow = converse(server.port);
    slow.write(
      `POST /log?append&position=0 HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nExpect: 100-continue\r\n` +
        `Connection: close\r\nAuthorization: ${authorization('POST', '/log', { Host: host }, query)}\r\n\r\n`,
    );
    // It has been judged once: the key is free.
    await slow.heard('100 Continue');
    await done(plain, { method: 'POST', key: 'log', query, body: '' });
    slow.write('late');
    expectError(await slow.answer, 409, 'PathConflict', 'Path conflict.');
    expect((await plain({ method: 'GET', key: 'log' })).text).toBe('');
  });
});
