/** Versions: every cell of the table of spec/objects.md §3, and how older versions come back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  complete,
  expectStatus,
  failure,
  initiate,
  makeBucket,
  md5Base64,
  put,
  putParts,
  setVersioning,
  textOf,
  textsOf,
  uploadPart,
} from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '1'] });
});
afterAll(() => server.remove());

const STATES = ['never enabled', 'Enabled', 'Suspended'] as const;
type State = (typeof STATES)[number];
const VERSION = /^[A-Za-z0-9+/]{20,}$/;
/** Well-formed, and of no object. */
const STRANGER = 'MTg0NDUxNzcwMDkzMDE3NDQ0MDU';
let made = 0;
/** A bucket in that state, and an object that existed before. @returns its client */
async function bucketIn(state: State, before = true): Promise<{ send: Send; name: string }> {
  const name = `v${++made}`;
  const send = await makeBucket(server, name);
  if (before) await put(send, 'k', 'before');
  if (state !== 'never enabled') await setVersioning(send, state);
  return { send, name };
}
const idOf = ({ headers }: Answer) => headers['x-cos-version-id'] as string | undefined;
const markerOf = ({ headers }: Answer) => headers['x-cos-delete-marker'];
const get = (send: Send, versionId?: string, method = 'GET') =>
  send({ method, key: 'k', query: versionId === undefined ? {} : { versionId } });
const remove = (send: Send, versionId?: string, headers = {}) =>
  send({ method: 'DELETE', key: 'k', headers, query: versionId === undefined ? {} : { versionId } });
/** Newest first: `id`, or `id marker`, or either with `latest`. The id is empty where versioning was never set. */
async function history(send: Send): Promise<string[]> {
  const { text } = await send({ method: 'GET', query: { versions: '', prefix: 'k' } });
  return [...text.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)].map(([, kind, inner]) => {
    const latest = textOf(inner!, 'IsLatest') === 'true' ? ' latest' : '';
    return `${textOf(inner!, 'VersionId')}${kind === 'DeleteMarker' ? ' marker' : ''}${latest}`;
  });
}

/** Every way of making a new newest version, and where its answer shows the id. */
const WRITES: readonly (readonly [string, (send: Send, name: string) => Promise<Answer>])[] = [
  ['PutObject', (send) => put(send, 'k', 'after')],
  ['CompleteMultipartUpload', (send) => putParts(send, 'k', ['after'])],
  [
    'PutObjectCopy',
    async (send, name) => {
      await put(send, 'source', 'after');
      const headers = { 'x-cos-copy-source': `${name}-${APPID}/source`, 'Content-Length': '0' };
      return expectStatus(send({ method: 'PUT', key: 'k', headers }), 200);
    },
  ],
  [
    'PutSymlink',
    async (send) => {
      await put(send, 'source', 'after');
      const headers = { 'x-cos-symlink-target': 'source' };
      return expectStatus(send({ method: 'PUT', key: 'k', query: { symlink: '' }, headers }), 200);
    },
  ],
];

describe.each(WRITES)('%s', (operation, write) => {
  const shownId = (answer: Answer) => {
    if (operation === 'PutObjectCopy') expect(textOf(answer.text, 'VersionId')).toBe(idOf(answer));
    return idOf(answer);
  };

  it('replaces where versioning was never enabled', async () => {
    const { send, name } = await bucketIn('never enabled');
    expect(shownId(await write(send, name))).toBeUndefined();
    const got = await get(send);
    expect([got.text, idOf(got)]).toEqual(['after', undefined]);
    expect(await history(send)).toEqual([' latest']);
  });

  it('adds a version where it is enabled', async () => {
    const { send, name } = await bucketIn('Enabled');
    const id = shownId(await write(send, name));
    expect(id).toMatch(VERSION);
    expect((await get(send)).text).toBe('after');
    expect((await get(send, id)).text).toBe('after');
    const old = await get(send, 'null');
    expect([old.text, idOf(old)]).toEqual(['before', 'null']);
    expect(await history(send)).toEqual([`${id} latest`, 'null']);
  });

  it('replaces the null version where it is suspended, and no other', async () => {
    const { send, name } = await bucketIn('Enabled');
    const kept = idOf(await put(send, 'k', 'kept'));
    await setVersioning(send, 'Suspended');
    for (let times = 0; times < 2; times++) {
      const shown = shownId(await write(send, name));
      expect(shown).toBe(operation === 'CompleteMultipartUpload' ? 'null' : undefined);
      expect(await history(send)).toEqual(['null latest', kept]);
    }
    expect((await get(send)).text).toBe('after');
    expect((await get(send, kept)).text).toBe('kept');
  });
});

describe('AppendObject', () => {
  const append = (send: Send, position: number, body: string) =>
    send({ method: 'POST', key: 'k', query: { append: '', position: String(position) }, body });

  it('never enabled: grows the object', async () => {
    const { send } = await bucketIn('never enabled', false);
    for (const position of [0, 1]) {
      const answer = await append(send, position, 'x');
      expect([answer.status, idOf(answer)]).toEqual([200, undefined]);
    }
    expect((await get(send)).text).toBe('xx');
  });

  it('Enabled: is refused, also on what was appendable before', async () => {
    const { send } = await bucketIn('never enabled', false);
    await expectStatus(append(send, 0, 'x'), 200);
    await setVersioning(send, 'Enabled');
    expect(failure(await append(send, 1, 'x'))).toEqual([409, 'InvalidBucketState']);
    expect((await get(send)).text).toBe('x');
  });

  it('Suspended: is the null version, on top of what was kept', async () => {
    const { send } = await bucketIn('Enabled', false);
    const kept = idOf(await put(send, 'k', 'kept'));
    const marker = idOf(await remove(send));
    await setVersioning(send, 'Suspended');
    await remove(send);
    expect(await history(send)).toEqual(['null marker latest', `${marker} marker`, kept]);
    for (const position of [0, 1]) expect(idOf(await expectStatus(append(send, position, 'x'), 200))).toBeUndefined();
    expect((await get(send)).text).toBe('xx');
    expect(await history(send)).toEqual(['null latest', `${marker} marker`, kept]);
    await remove(send, 'null');
    await remove(send, marker);
    expect((await get(send)).text).toBe('kept');
    expect((await append(send, 4, 'x')).error['Code']).toBe('ObjectNotAppendable');
  });
});

describe('GetObject', () => {
  it.each(['GET', 'HEAD'])('%s where versioning was never enabled knows the null version alone', async (method) => {
    const { send } = await bucketIn('never enabled');
    for (const versionId of [undefined, 'null']) {
      const got = await get(send, versionId, method);
      expect([got.status, idOf(got)]).toEqual([200, undefined]);
    }
    for (const versionId of [STRANGER, 'nonsense', 'NULL']) {
      const got = await get(send, versionId, method);
      expect(got.status).toBe(400);
      if (method === 'GET') expect(got.error['Code']).toBe('NoSuchVersion');
    }
  });

  it.each(['GET', 'HEAD'])('%s names the version it gives', async (method) => {
    const { send } = await bucketIn('Enabled');
    expect(idOf(await get(send, undefined, method))).toBe('null');
    const id = idOf(await put(send, 'k', 'new'));
    expect(idOf(await get(send, undefined, method))).toBe(id);
    expect(idOf(await get(send, 'null', method))).toBe('null');
    await setVersioning(send, 'Suspended');
    expect(idOf(await get(send, undefined, method))).toBe(id);
    await put(send, 'k', 'null again');
    expect(idOf(await get(send, undefined, method))).toBe('null');
    for (const versionId of [STRANGER, 'nonsense']) expect((await get(send, versionId, method)).status).toBe(400);
    expect(failure(await send({ method: 'GET', key: 'absent', query: { versionId: id! } }))[1]).toBe('NoSuchVersion');
  });

  it.each(['Enabled', 'Suspended'] as const)('a delete marker is not there (%s)', async (state) => {
    const { send } = await bucketIn(state);
    const marker = idOf(await remove(send))!;
    for (const versionId of [undefined, marker]) {
      expect(failure(await get(send, versionId))).toEqual([404, 'NoSuchKey']);
      const head = await get(send, versionId, 'HEAD');
      expect([head.status, markerOf(head)]).toEqual([404, versionId === undefined ? undefined : 'true']);
    }
    for (const [method, sub] of [
      ['GET', 'acl'],
      ['GET', 'tagging'],
      ['GET', 'symlink'],
      ['GET', 'retention'],
      ['GET', 'legal-hold'],
      ['DELETE', 'tagging'],
    ] as const) {
      for (const query of [{ [sub]: '' }, { [sub]: '', versionId: marker }]) {
        expect((await send({ method, key: 'k', query })).status, `${method} ${sub}`).toBe(404);
      }
    }
    expect((await send({ method: 'GET', query: { prefix: 'k' } })).text).not.toContain('<Contents>');
  });

  it('the version parameter has any case', async () => {
    const { send } = await bucketIn('Enabled');
    await put(send, 'k', 'new');
    for (const name of ['versionId', 'VersionId', 'versionid']) {
      expect((await send({ method: 'GET', key: 'k', query: { [name]: 'null' } })).text).toBe('before');
    }
  });
});

describe('DeleteObject', () => {
  const shown = (answer: Answer) => [answer.status, idOf(answer), markerOf(answer)];

  it('never enabled: the object goes', async () => {
    const { send } = await bucketIn('never enabled');
    expect(shown(await remove(send))).toEqual([204, undefined, undefined]);
    expect(await history(send)).toEqual([]);
    await put(send, 'k', 'x');
    expect((await remove(send, STRANGER)).status).toBe(204);
    expect((await get(send)).text).toBe('x');
    expect((await remove(send, 'null')).status).toBe(204);
    expect((await get(send)).status).toBe(404);
  });

  it('Enabled: markers stack, and removing them brings the object back', async () => {
    const { send } = await bucketIn('Enabled');
    const first = await remove(send);
    const second = await remove(send);
    for (const answer of [first, second]) expect(shown(answer)).toEqual([204, expect.stringMatching(VERSION), 'true']);
    const [one, two] = [idOf(first)!, idOf(second)!];
    expect(await history(send)).toEqual([`${two} marker latest`, `${one} marker`, 'null']);
    expect(shown(await remove(send, two))).toEqual([204, two, 'true']);
    expect((await get(send)).status).toBe(404);
    expect(shown(await remove(send, one))).toEqual([204, one, 'true']);
    expect((await get(send)).text).toBe('before');
    expect(shown(await remove(send, one))).toEqual([204, one, undefined]);
    expect(shown(await remove(send, 'null'))).toEqual([204, 'null', undefined]);
    expect(await history(send)).toEqual([]);
  });

  it('Enabled: a key that never was gets a marker', async () => {
    const { send } = await bucketIn('Enabled', false);
    const marker = idOf(await remove(send))!;
    expect(await history(send)).toEqual([`${marker} marker latest`]);
  });

  it('Enabled: removing the newest version brings the one before', async () => {
    const { send } = await bucketIn('Enabled');
    const ids: string[] = [];
    for (const body of ['1', '2', '3']) ids.push(idOf(await put(send, 'k', body))!);
    await remove(send, ids[1]);
    expect((await get(send)).text).toBe('3');
    expect(shown(await remove(send, ids[2]))).toEqual([204, ids[2], undefined]);
    expect((await get(send)).text).toBe('1');
    await remove(send, ids[0]);
    expect((await get(send)).text).toBe('before');
    expect((await send({ method: 'GET', query: { prefix: 'k' } })).text).toContain('<Size>6</Size>');
  });

  it('Suspended: a null marker takes the place of the null version', async () => {
    const { send } = await bucketIn('Enabled');
    const kept = idOf(await put(send, 'k', 'kept'));
    await setVersioning(send, 'Suspended');
    for (let times = 0; times < 2; times++) {
      expect(shown(await remove(send))).toEqual([204, 'null', 'true']);
      expect(await history(send)).toEqual(['null marker latest', kept]);
    }
    expect((await get(send, kept)).text).toBe('kept');
    expect(shown(await remove(send, 'null'))).toEqual([204, 'null', 'true']);
    expect((await get(send)).text).toBe('kept');
    expect(shown(await remove(send, kept))).toEqual([204, kept, undefined]);
    expect(await history(send)).toEqual([]);
  });

  it('Suspended: only the null version is dropped, whatever its place', async () => {
    const { send } = await bucketIn('Enabled');
    await setVersioning(send, 'Suspended');
    await put(send, 'k', 'null');
    await setVersioning(send, 'Enabled');
    const newest = idOf(await put(send, 'k', 'newest'));
    await setVersioning(send, 'Suspended');
    await put(send, 'k', 'null again');
    expect(await history(send)).toEqual(['null latest', newest]);
    await setVersioning(send, 'Enabled');
    const marker = idOf(await remove(send));
    expect(await history(send)).toEqual([`${marker} marker latest`, 'null', newest]);
  });

  it('If-Match is about the version that would go', async () => {
    const { send } = await bucketIn('Enabled');
    const tagOf = async (versionId?: string) => (await get(send, versionId, 'HEAD')).headers['etag']!;
    const id = idOf(await put(send, 'k', 'new'))!;
    const [newTag, oldTag] = [await tagOf(id), await tagOf('null')];
    expect((await remove(send, undefined, { 'If-Match': oldTag })).status).toBe(412);
    expect((await remove(send, 'null', { 'If-Match': newTag })).status).toBe(412);
    expect((await remove(send, 'null', { 'If-Match': oldTag })).status).toBe(204);
    expect((await remove(send, undefined, { 'If-Match': newTag })).status).toBe(204);
    expect(await history(send)).toHaveLength(2);
  });
});

describe('DeleteMultipleObjects', () => {
  it.each(['never enabled', 'Suspended'] as const)('%s', async (state) => {
    const { send } = await bucketIn(state);
    const body = '<Delete><Object><Key>k</Key></Object></Delete>';
    const headers = { 'Content-MD5': md5Base64(body) };
    const { text } = await expectStatus(send({ method: 'POST', query: { delete: '' }, headers, body }), 200);
    if (state === 'Suspended')
      expect([textOf(text, 'DeleteMarker'), textOf(text, 'DeleteMarkerVersionId')]).toEqual(['true', 'null']);
    else expect(text).not.toContain('DeleteMarker');
    expect(await history(send)).toEqual(state === 'Suspended' ? ['null marker latest'] : []);
  });
});

describe('sub-resources of versions', () => {
  const subresource = (send: Send, method: string, name: string, versionId: string | undefined, body?: string) =>
    send({
      method,
      key: 'k',
      query: { [name]: '', ...(versionId === undefined ? {} : { versionId }) },
      ...(body === undefined ? {} : { body }),
    });
  const tags = (value: string) => `<Tagging><TagSet><Tag><Key>v</Key><Value>${value}</Value></Tag></TagSet></Tagging>`;

  it.each(STATES)('%s: the null version can be named', async (state) => {
    const { send } = await bucketIn(state);
    await expectStatus(subresource(send, 'PUT', 'tagging', 'null', tags('null')), 200);
    const { text } = await expectStatus(subresource(send, 'GET', 'tagging', 'null'), 200);
    expect(textsOf(text, 'Value')).toEqual(['null']);
    await expectStatus(
      send({ method: 'PUT', key: 'k', query: { acl: '', versionId: 'null' }, headers: { 'x-cos-acl': 'public-read' } }),
      200,
    );
    expect((await subresource(send, 'GET', 'acl', 'null')).headers['x-cos-acl']).toBe('public-read');
    for (const name of ['tagging', 'acl', 'symlink', 'retention', 'legal-hold']) {
      expect(failure(await subresource(send, 'GET', name, STRANGER))[1], name).toBe('NoSuchVersion');
    }
  });

  it('changes of an old version leave the order and the bytes', async () => {
    const { send } = await bucketIn('Enabled');
    const id = idOf(await putParts(send, 'k', ['of ', 'parts']))!;
    const newest = idOf(await put(send, 'k', 'newest'))!;
    await expectStatus(subresource(send, 'PUT', 'tagging', id, tags('1')), 200);
    await expectStatus(subresource(send, 'PUT', 'tagging', 'null', tags('2')), 200);
    expect(await history(send)).toEqual([`${newest} latest`, id, 'null']);
    expect([(await get(send, id)).text, (await get(send, 'null')).text]).toEqual(['of parts', 'before']);
    await remove(send, newest);
    const back = await get(send);
    expect([back.text, back.headers['x-cos-tagging-count'], idOf(back)]).toEqual(['of parts', '1', id]);
  });
});

describe('a bucket through its states', () => {
  it('keeps everything, and uploads land by the state at their end', async () => {
    const send = await makeBucket(server, 'through');
    await put(send, 'k', 'unversioned');
    const uploadId = await initiate(send, 'k');
    await setVersioning(send, 'Enabled');
    const etag = await uploadPart(send, 'k', uploadId, 1, 'uploaded');
    const uploaded = idOf(await expectStatus(complete(send, 'k', uploadId, [etag]), 200))!;
    expect(uploaded).toMatch(VERSION);
    // Repeated, the answer is the same.
    expect(idOf(await expectStatus(complete(send, 'k', uploadId, [etag]), 200))).toBe(uploaded);
    await setVersioning(send, 'Suspended');
    const marker = idOf(await remove(send));
    expect([marker, ...(await history(send))]).toEqual(['null', 'null marker latest', uploaded]);
    await setVersioning(send, 'Enabled');
    const last = idOf(await put(send, 'k', 'last'));
    expect(await history(send)).toEqual([`${last} latest`, 'null marker', uploaded]);
    await remove(send, 'null');
    await remove(send, last);
    expect((await get(send)).text).toBe('uploaded');
  });

  it('orders what is written within one moment', async () => {
    const { send } = await bucketIn('Enabled', false);
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.unshift(idOf(await put(send, 'k', String(i)))!);
    expect(new Set(ids).size).toBe(20);
    expect((await history(send)).map((entry) => entry.split(' ')[0])).toEqual(ids);
    const numbers = ids.map((id) => BigInt(Buffer.from(id, 'base64').toString()));
    expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)));
  });
});
