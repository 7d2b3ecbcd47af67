/** DELETE Object, DELETE Multiple Objects. Versions are in versions.test.ts. Source: spec/objects.md §6.2, §8.7, §8.8. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectStatus, failure, makeBucket, md5Base64, md5Hex, put, textsOf } from '../../support/buckets.ts';
import type { Answer, Send } from '../../support/http.ts';
import { SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'delete');
});
afterAll(() => server.remove());

const status = async (key: string) => (await send({ method: 'HEAD', key })).status;
const remove = (key: string, headers = {}, query = {}) => send({ method: 'DELETE', key, headers, query });
const removeAll = (inner: string, to: Send = send): Promise<Answer> => {
  const body = `<Delete>${inner}</Delete>`;
  const headers = { 'Content-MD5': md5Base64(body) };
  return expectStatus(to({ method: 'POST', query: { delete: '' }, headers, body }), 200);
};

describe('DeleteObject', () => {
  it('answers 204 without body or extra headers, whether or not there was something', async () => {
    await put(send, 'k', 'x');
    for (let times = 0; times < 2; times++) {
      const gone = await remove('k');
      expect([gone.status, gone.body.length]).toEqual([204, 0]);
      expect([gone.headers['x-cos-version-id'], gone.headers['x-cos-delete-marker']]).toEqual([undefined, undefined]);
      expect(await status('k')).toBe(404);
    }
    expect((await remove('never-there', {}, { versionId: 'null' })).status).toBe(204);
  });

  it('removes nothing beside the key', async () => {
    for (const key of ['f', 'f/', 'f/a', 'f//a']) await put(send, key, key);
    await remove('f/');
    expect(await Promise.all(['f', 'f/', 'f/a', 'f//a'].map(status))).toEqual([200, 404, 200, 200]);
  });

  it('honours If-Match', async () => {
    await put(send, 'guard', 'x');
    expect(failure(await remove('guard', { 'If-Match': '"other"' }))).toEqual([412, 'PreconditionFailed']);
    expect(await status('guard')).toBe(200);
    expect((await remove('guard', { 'If-Match': `"${md5Hex('x')}"` })).status).toBe(204);
    expect(failure(await remove('guard', { 'If-Match': '*' }))).toEqual([412, 'PreconditionFailed']);
    await put(send, 'guard', 'x');
    expect((await remove('guard', { 'If-Match': '*' })).status).toBe(204);
  });

  it('removes archived and appendable objects', async () => {
    await put(send, 'cold', 'x', { 'x-cos-storage-class': 'DEEP_ARCHIVE' });
    await send({ method: 'POST', key: 'log', query: { append: '', position: '0' }, body: 'line' });
    expect([(await remove('cold')).status, (await remove('log')).status]).toEqual([204, 204]);
    expect(await Promise.all(['cold', 'log'].map(status))).toEqual([404, 404]);
  });

  it('needs WRITE on the bucket', async () => {
    await put(send, 'mine', 'x', { 'x-cos-acl': 'public-read' });
    expect(failure(await send({ method: 'DELETE', key: 'mine', signed: false }))).toEqual([403, 'AccessDenied']);
    const open = await makeBucket(server, 'delete-open', { acl: 'public-read-write' });
    await put(open, 'k', 'x');
    expect((await open({ method: 'DELETE', key: 'k', signed: false })).status).toBe(204);
  });
});

describe('DeleteMultipleObjects', () => {
  it('reports every key in the order of the request', async () => {
    const keys = ['z', '<a> & "b"', '中/文', 'absent', 'a b+c%20'];
    for (const key of keys.filter((name) => name !== 'absent')) await put(send, key, 'x');
    const escaped = keys.map((key) => key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
    const answer = await removeAll(escaped.map((key) => `<Object><Key>${key}</Key></Object>`).join(''));
    expect(answer.text).toContain('<DeleteResult><Deleted><Key>z</Key></Deleted>');
    expect(textsOf(answer.text, 'Key')).toEqual(keys);
    expect(answer.text).not.toContain('DeleteMarker');
    expect(await Promise.all(keys.map(status))).toEqual([404, 404, 404, 404, 404]);
  });

  it('says nothing of what went well when it is quiet', async () => {
    await put(send, 'q', 'x');
    const answer = await removeAll('<Object><Key>q</Key></Object><Quiet>true</Quiet>');
    expect(answer.text).toMatch(/<DeleteResult ?\/>$/);
    expect(await status('q')).toBe(404);
  });

  it('judges ETag elements key by key', async () => {
    for (const key of ['e1', 'e2', 'e3', 'e4']) await put(send, key, key);
    const answer = await removeAll(
      `<Quiet>true</Quiet><Object><Key>e1</Key><ETag>&quot;other&quot;</ETag></Object>` +
        `<Object><ETag>"${md5Hex('e2')}"</ETag><Key>e2</Key></Object><Object><Key>e3</Key><ETag>*</ETag></Object>` +
        '<Object><Key>e4</Key></Object>',
    );
    expect([textsOf(answer.text, 'Key'), textsOf(answer.text, 'Code')]).toEqual([['e1'], ['PreconditionFailed']]);
    expect(await Promise.all(['e1', 'e2', 'e3', 'e4'].map(status))).toEqual([200, 404, 404, 404]);
  });

  it('takes a thousand keys', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `many/${i}`);
    await put(send, names[999]!, 'x');
    const answer = await removeAll(names.map((key) => `<Object><Key>${key}</Key></Object>`).join(''));
    expect(textsOf(answer.text, 'Key')).toEqual(names);
    expect(await status(names[999]!)).toBe(404);
  });

  it('adds markers and removes versions, each with its ids', async () => {
    const versioned = await makeBucket(server, 'delete-many', { versioning: 'Enabled' });
    const first = (await put(versioned, 'v', '1')).headers['x-cos-version-id'] as string;
    const second = (await put(versioned, 'v', '2')).headers['x-cos-version-id'] as string;
    const marked = await removeAll('<Object><Key>v</Key></Object><Object><Key>new</Key></Object>', versioned);
    const [marker, other] = textsOf(marked.text, 'DeleteMarkerVersionId') as [string, string];
    expect(marked.text).toContain(
      `<Deleted><Key>v</Key><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>${marker}</DeleteMarkerVersionId></Deleted>`,
    );
    expect(new Set([first, second, marker, other]).size).toBe(4);
    const removed = await removeAll(
      [first, marker, 'MTg0NDUxNzcwMDkzMDE3NDQ0MDU']
        .map((id) => `<Object><Key>v</Key><VersionId>${id}</VersionId></Object>`)
        .join(''),
      versioned,
    );
    expect(removed.text).toContain(
      `<DeleteResult><Deleted><Key>v</Key><VersionId>${first}</VersionId></Deleted>` +
        '<Deleted><Key>v</Key><DeleteMarker>true</DeleteMarker>' +
        `<DeleteMarkerVersionId>${marker}</DeleteMarkerVersionId><VersionId>${marker}</VersionId></Deleted>` +
        '<Deleted><Key>v</Key><VersionId>MTg0NDUxNzcwMDkzMDE3NDQ0MDU</VersionId></Deleted></DeleteResult>',
    );
    expect((await versioned({ method: 'GET', key: 'v' })).text).toBe('2');
  });

  it.each(SDKS)('works through the SDK %s', async (_, make) => {
    const cos = make(server);
    const here = { Bucket: `delete-${APPID}`, Region: REGION };
    await cos.putObject({ ...here, Key: 's', Body: 'x' });
    const answer = await cos.deleteMultipleObject({ ...here, Objects: [{ Key: 's' }, { Key: 't' }] });
    expect(answer.Deleted.map(({ Key }: { Key: string }) => Key)).toEqual(['s', 't']);
    expect(answer.Error).toEqual([]);
    expect(await status('s')).toBe(404);
  });
});
