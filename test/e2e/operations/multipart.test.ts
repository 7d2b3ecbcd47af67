/** Multipart uploads from start to end. Source: spec/objects.md §2.7, §6.1, §11. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  complete,
  expectStatus,
  failure,
  initiate,
  makeBucket,
  md5Base64,
  md5Hex,
  partList,
  put,
  putParts,
  textOf,
  uploadPart,
} from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { type Entry, SDKS } from '../../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
const BUCKET = `multi-${APPID}`;
const HOST = `${BUCKET}.cos.${REGION}.myqcloud.com`;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-min-part-bytes', '10'] });
  send = await makeBucket(server, 'multi');
});
afterAll(() => server.remove());

const get = (key: string) => send({ method: 'GET', key });
const partsOf = (key: string, uploadId: string, query = {}) =>
  send({ method: 'GET', key, query: { uploadId, ...query } });

describe('InitiateMultipartUpload', () => {
  it('names bucket, key and upload, and shows nothing of the object', async () => {
    const answer = await expectStatus(send({ method: 'POST', key: 'a/<b>&c', query: { uploads: '' } }), 200);
    expect([textOf(answer.text, 'Bucket'), textOf(answer.text, 'Key')]).toEqual([BUCKET, 'a/<b>&c']);
    expect(textOf(answer.text, 'UploadId')).toMatch(/^[a-z0-9]+$/);
    expect((await send({ method: 'HEAD', key: 'a/<b>&c' })).status).toBe(404);
    expect((await send({ method: 'GET', query: { prefix: 'a/' } })).text).not.toContain('<Contents>');
  });

  it('freezes what the object will have', async () => {
    const headers = {
      'Content-Type': 'text/x-frozen',
      'Cache-Control': 'no-store',
      'Content-Encoding': 'gzip',
      Expires: '1000',
      'x-cos-meta-a': Buffer.from('é').toString('latin1'),
      'x-cos-tagging': 'a=1&b=2',
      'x-cos-acl': 'public-read',
      'x-cos-storage-class': 'STANDARD_IA',
      'x-cos-website-redirect-location': '/elsewhere',
    };
    const uploadId = await initiate(send, 'frozen', headers);
    const etag = await uploadPart(send, 'frozen', uploadId, 1, 'body');
    // What Complete says of metadata counts for nothing.
    await complete(send, 'frozen', uploadId, [etag], { 'x-cos-meta-a': 'late', 'x-cos-storage-class': 'ARCHIVE' });
    const { headers: shown } = await send({ method: 'HEAD', key: 'frozen' });
    const { 'x-cos-tagging': _, 'x-cos-acl': __, 'Content-Type': type, ...rest } = headers;
    const folded = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name.toLowerCase(), value]));
    expect(shown).toMatchObject({ ...folded, 'content-type': type, 'x-cos-tagging-count': '2' });
    expect((await send({ method: 'GET', key: 'frozen', signed: false })).text).toBe('body');
  });

  it('guesses the type, and takes an empty header for none', async () => {
    const uploadId = await initiate(send, 'guess.png', { 'Content-Type': '', 'Cache-Control': '' });
    await complete(send, 'guess.png', uploadId, [await uploadPart(send, 'guess.png', uploadId, 1, 'x')]);
    const { headers } = await send({ method: 'HEAD', key: 'guess.png' });
    expect([headers['content-type'], headers['cache-control']]).toEqual(['image/png', undefined]);
  });

  it('can refuse to overwrite, and so can Complete, each for itself', async () => {
    const forbid = { 'x-cos-forbid-overwrite': 'true' };
    const uploadId = await initiate(send, 'once', forbid);
    const etag = await uploadPart(send, 'once', uploadId, 1, 'multi');
    await put(send, 'once', 'plain');
    const again = await send({ method: 'POST', key: 'once', query: { uploads: '' }, headers: forbid });
    expect(failure(again)).toEqual([409, 'FileAlreadyExists']);
    expect(failure(await complete(send, 'once', uploadId, [etag], forbid))).toEqual([409, 'FileAlreadyExists']);
    expect((await get('once')).text).toBe('plain');
    await expectStatus(complete(send, 'once', uploadId, [etag]), 200);
    expect((await get('once')).text).toBe('multi');
  });
});

describe('UploadPart', () => {
  it('answers with the MD5 of the part and its CRC', async () => {
    const uploadId = await initiate(send, 'part');
    const query = { partNumber: '10000', uploadId };
    const answer = await expectStatus(send({ method: 'PUT', key: 'part', query, body: '123456789' }), 200);
    expect([answer.headers['etag'], answer.headers['x-cos-hash-crc64ecma'], answer.text]).toEqual([
      `"${md5Hex('123456789')}"`,
      '11051210869376104954',
      '',
    ]);
  });

  it('takes parts in any order, the last of a number counts', async () => {
    const bodies = [randomBytes(200_000), randomBytes(1_200_000), Buffer.from('end')];
    const uploadId = await initiate(send, 'order');
    await uploadPart(send, 'order', uploadId, 2, 'to be replaced');
    const etags = await Promise.all(bodies.map((body, at) => uploadPart(send, 'order', uploadId, at + 1, body)));
    await expectStatus(complete(send, 'order', uploadId, etags), 200);
    expect((await get('order')).body.equals(Buffer.concat(bodies))).toBe(true);
  });

  it('keeps the earlier part when a later one fails', async () => {
    const uploadId = await initiate(send, 'fail');
    const etag = await uploadPart(send, 'fail', uploadId, 1, 'good');
    const query = { partNumber: '1', uploadId };
    const headers = { 'Content-MD5': md5Base64('good') };
    expect(failure(await send({ method: 'PUT', key: 'fail', query, body: 'bad', headers }))).toEqual([
      400,
      'BadDigest',
    ]);
    await expectStatus(complete(send, 'fail', uploadId, [etag]), 200);
    expect((await get('fail')).text).toBe('good');
  });
});

describe('CompleteMultipartUpload', () => {
  it('answers with place, ETag of the parts and CRC of the whole', async () => {
    const bodies = [randomBytes(20), randomBytes(30)];
    const done = await putParts(send, 'dir/done é', bodies);
    expect(done.text).toContain(
      '<CompleteMultipartUploadResult xmlns="http://www.qcloud.com/document/product/436/7751">',
    );
    expect(textOf(done.text, 'Location')).toBe(`http://${HOST}/dir/done%20%C3%A9`);
    expect([textOf(done.text, 'Bucket'), textOf(done.text, 'Key')]).toEqual([BUCKET, 'dir/done é']);
    expect(textOf(done.text, 'ETag')).toMatch(/^"[0-9a-f]{32}-2"$/);
    const plain = await put(send, 'plain', Buffer.concat(bodies));
    expect(done.headers['x-cos-hash-crc64ecma']).toBe(plain.headers['x-cos-hash-crc64ecma']);
    expect(textOf(done.text, 'ETag')).not.toBe(plain.headers['etag']);
    const { headers } = await send({ method: 'HEAD', key: 'dir/done é' });
    expect([headers['etag'], headers['content-length']]).toEqual([textOf(done.text, 'ETag'), '50']);
    expect(headers['x-cos-object-type']).toBe('normal');
  });

  it('accepts ETags in every spelling, and elements it does not know', async () => {
    const uploadId = await initiate(send, 'spelled');
    const etags = [];
    for (const number of [1, 2, 3])
      etags.push((await uploadPart(send, 'spelled', uploadId, number, '0123456789')).slice(1, -1));
    const body =
      `<CompleteMultipartUpload xmlns="urn:x"><Part><ETag>&quot;${etags[0]}&quot;</ETag><PartNumber> 1 </PartNumber></Part>` +
      `<Part><PartNumber>2</PartNumber><ETag>${etags[1]!.toUpperCase()}</ETag><Size>10</Size></Part>` +
      `<Part><PartNumber>3</PartNumber><ETag>"${etags[2]}"</ETag></Part></CompleteMultipartUpload>`;
    await expectStatus(send({ method: 'POST', key: 'spelled', query: { uploadId }, body }), 200);
    expect((await get('spelled')).text).toBe('0123456789'.repeat(3));
  });

  it('takes one part of any size, and leaves out what is not listed', async () => {
    const uploadId = await initiate(send, 'one');
    const etag = await uploadPart(send, 'one', uploadId, 1, 'tiny');
    await uploadPart(send, 'one', uploadId, 2, 'not listed');
    const done = await expectStatus(complete(send, 'one', uploadId, [etag]), 200);
    expect(textOf(done.text, 'ETag')).toMatch(/-1"$/);
    expect((await get('one')).text).toBe('tiny');
  });

  it('changes nothing when it fails, so that it can be sent again', async () => {
    await put(send, 'again', 'before');
    const uploadId = await initiate(send, 'again');
    const small = await uploadPart(send, 'again', uploadId, 1, 'small');
    const last = await uploadPart(send, 'again', uploadId, 2, 'last');
    expect(failure(await complete(send, 'again', uploadId, [small, last]))).toEqual([400, 'EntityTooSmall']);
    expect(failure(await complete(send, 'again', uploadId, [last, last]))).toEqual([400, 'InvalidPart']);
    expect(failure(await complete(send, 'again', uploadId, [small], { 'If-Match': '"x"' }))[1]).toBe(
      'PreconditionFailed',
    );
    expect(failure(await complete(send, 'again', uploadId, [small], { 'If-None-Match': '*' }))[0]).toBe(412);
    expect((await get('again')).text).toBe('before');
    const large = await uploadPart(send, 'again', uploadId, 1, 'large enough');
    await expectStatus(complete(send, 'again', uploadId, [large, last], { 'If-Match': `"${md5Hex('before')}"` }), 200);
    expect((await get('again')).text).toBe('large enoughlast');
  });

  it('is answered again when its answer was lost', async () => {
    const uploadId = await initiate(send, 'lost');
    const etag = await uploadPart(send, 'lost', uploadId, 1, 'x');
    const first = await expectStatus(complete(send, 'lost', uploadId, [etag]), 200);
    const second = await expectStatus(complete(send, 'lost', uploadId, [etag]), 200);
    expect(second.text).toBe(first.text);
    expect(second.headers['x-cos-hash-crc64ecma']).toBe(first.headers['x-cos-hash-crc64ecma']);
    expect(failure(await complete(send, 'lost', uploadId, [etag, etag]))).toEqual([404, 'NoSuchUpload']);
    const late = await send({ method: 'PUT', key: 'lost', query: { partNumber: '2', uploadId }, body: 'late' });
    expect(failure(late)).toEqual([404, 'NoSuchUpload']);
  });

  it('of two at once one makes the object', async () => {
    const uploadId = await initiate(send, 'race');
    const etag = await uploadPart(send, 'race', uploadId, 1, 'x');
    const answers = await Promise.all(Array.from({ length: 4 }, () => complete(send, 'race', uploadId, [etag])));
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    for (const answer of answers) expect([200, 409]).toContain(answer.status);
    expect(new Set(answers.filter(({ status }) => status === 200).map(({ text }) => text)).size).toBe(1);
    expect((await get('race')).text).toBe('x');
  });

  it('leaves the old object readable until it is done', async () => {
    await put(send, 'until', 'old');
    const uploadId = await initiate(send, 'until');
    const etag = await uploadPart(send, 'until', uploadId, 1, 'new');
    expect((await get('until')).text).toBe('old');
    const [, ...reads] = await Promise.all([
      expectStatus(complete(send, 'until', uploadId, [etag]), 200),
      ...Array.from({ length: 5 }, () => get('until')),
    ]);
    for (const { text } of reads) expect(['old', 'new']).toContain(text);
    expect((await get('until')).text).toBe('new');
  });
});

describe.each(SDKS)('the SDK %s', (_, make) => {
  const at = { Bucket: BUCKET, Region: REGION, Key: 'sdk/中' };

  it('initiates, uploads, copies, lists, completes and aborts', async () => {
    const cos = make(server);
    const { UploadId } = await cos.multipartInit({
      ...at,
      StorageClass: 'STANDARD_IA',
      Headers: { 'x-cos-meta-a': '1' },
    });
    const first = await cos.multipartUpload({ ...at, UploadId, PartNumber: 1, Body: 'the first part' });
    await put(send, 'sdk-source', 'and a copied one');
    const second = await cos.uploadPartCopy({
      ...at,
      UploadId,
      PartNumber: 2,
      CopySource: `${HOST}/sdk-source`,
      CopySourceRange: 'bytes=3-11',
    });
    const listed = await cos.multipartListPart({ ...at, UploadId });
    expect(listed.Part.map(({ ETag, Size }: Entry) => [ETag, Size])).toEqual([
      [first.ETag, '14'],
      [second.ETag, '9'],
    ]);
    const uploads = await cos.multipartList({ ...at, Prefix: at.Key });
    expect(uploads.Upload.map((upload: Entry) => upload['UploadId'])).toEqual([UploadId]);
    const Parts = [first, second].map(({ ETag }, index) => ({ PartNumber: index + 1, ETag }));
    const done = await cos.multipartComplete({ ...at, UploadId, Parts });
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const got = await cos.getObject(at);
    expect([got.Body.toString(), got.headers['x-cos-meta-a'], got.headers['x-cos-storage-class']]).toEqual([
      'the first part a copied',
      '1',
      'STANDARD_IA',
    ]);
    const other = await cos.multipartInit(at);
    expect((await cos.multipartAbort({ ...at, UploadId: other.UploadId })).statusCode).toBe(204);
    expect((await cos.multipartList({ ...at, Prefix: at.Key })).Upload).toEqual([]);
  });
});

describe('AbortMultipartUpload', () => {
  it('ends the upload and leaves the object', async () => {
    await put(send, 'stays', 'stays');
    const uploadId = await initiate(send, 'stays');
    const etag = await uploadPart(send, 'stays', uploadId, 1, 'dropped');
    const abort = () => send({ method: 'DELETE', key: 'stays', query: { uploadId } });
    const gone = await abort();
    expect([gone.status, gone.body.length]).toEqual([204, 0]);
    expect((await get('stays')).text).toBe('stays');
    expect(failure(await abort())).toEqual([404, 'NoSuchUpload']);
    expect(failure(await complete(send, 'stays', uploadId, [etag]))).toEqual([404, 'NoSuchUpload']);
    expect(failure(await partsOf('stays', uploadId))).toEqual([404, 'NoSuchUpload']);
    const late = await send({ method: 'PUT', key: 'stays', query: { partNumber: '1', uploadId }, body: 'x' });
    expect(failure(late)).toEqual([404, 'NoSuchUpload']);
  });

  it('leaves other uploads of the key alone, and is only for its own key', async () => {
    const [first, second] = [await initiate(send, 'two'), await initiate(send, 'two')];
    const foreign = await send({ method: 'DELETE', key: 'other', query: { uploadId: first } });
    expect(failure(foreign)).toEqual([404, 'NoSuchUpload']);
    await expectStatus(send({ method: 'DELETE', key: 'two', query: { uploadId: first } }), 204);
    await expectStatus(complete(send, 'two', second, [await uploadPart(send, 'two', second, 1, 'second')]), 200);
    expect((await get('two')).text).toBe('second');
  });

  it('against Complete: exactly one wins', async () => {
    const uploadId = await initiate(send, 'duel');
    const etag = await uploadPart(send, 'duel', uploadId, 1, 'x');
    const [done, gone] = await Promise.all([
      send({ method: 'POST', key: 'duel', query: { uploadId }, body: partList([etag]) }),
      send({ method: 'DELETE', key: 'duel', query: { uploadId } }),
    ]);
    expect([done.status === 200, gone.status === 204].filter(Boolean)).toHaveLength(1);
    expect((await get('duel')).status).toBe(done.status === 200 ? 200 : 404);
  });
});
