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
  uploadPart,
  valueOf,
  valuesOf,
} from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
const BUCKET = `multi-${APPID}`;
const HOST = `${BUCKET}.cos.${REGION}.myqcloud.com`;
const ACCOUNT = /^qcs::cam::uin\/\d+:uin\/\d+$/;
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
    expect([valueOf(answer.text, 'Bucket'), valueOf(answer.text, 'Key')]).toEqual([BUCKET, 'a/<b>&c']);
    expect(valueOf(answer.text, 'UploadId')).toMatch(/^[a-z0-9]+$/);
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

describe('UploadPartCopy', () => {
  const content = randomBytes(300_000);
  const source = `${HOST}/copied/%E4%B8%AD`;
  beforeAll(() => put(send, 'copied/中', content));
  const copyPart = (key: string, uploadId: string, number: number, headers: Record<string, string>) =>
    send({
      method: 'PUT',
      key,
      query: { partNumber: String(number), uploadId },
      headers: { 'x-cos-copy-source': source, 'Content-Length': '0', ...headers },
    });
  const range = (first: number, last: number) => ({ 'x-cos-copy-source-range': `bytes=${first}-${last}` });

  it('copies ranges, whole objects and tails', async () => {
    const uploadId = await initiate(send, 'assembled');
    const pieces: [Record<string, string>, Buffer][] = [
      [range(100_000, 299_999), content.subarray(100_000)],
      [{}, content],
      [{ 'x-cos-copy-source-range': '' }, content],
      [range(0, 3), content.subarray(0, 4)],
    ];
    const etags: string[] = [];
    for (const [at, [headers, piece]] of pieces.entries()) {
      const { text } = await expectStatus(copyPart('assembled', uploadId, at + 1, headers), 200);
      expect(valueOf(text, 'ETag')).toBe(`"${md5Hex(piece)}"`);
      expect(valueOf(text, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      if (piece === content) {
        const { headers: shown } = await send({ method: 'HEAD', key: 'copied/中' });
        expect(valueOf(text, 'CRC64')).toBe(shown['x-cos-hash-crc64ecma']);
      }
      etags.push(valueOf(text, 'ETag')!);
    }
    await expectStatus(complete(send, 'assembled', uploadId, etags), 200);
    expect((await get('assembled')).body.equals(Buffer.concat(pieces.map(([, piece]) => piece)))).toBe(true);
  });

  it('copies a range across the parts of a multipart object, and one of its own key', async () => {
    const bodies = [randomBytes(50_000), randomBytes(60_000)];
    await putParts(send, 'own', bodies);
    const whole = Buffer.concat(bodies);
    const uploadId = await initiate(send, 'own');
    const answer = await copyPart('own', uploadId, 1, { 'x-cos-copy-source': `${HOST}/own`, ...range(49_990, 50_009) });
    await expectStatus(complete(send, 'own', uploadId, [valueOf(answer.text, 'ETag')!]), 200);
    expect((await get('own')).body.equals(whole.subarray(49_990, 50_010))).toBe(true);
  });

  it('names the version it read, and reads an old one', async () => {
    const versioned = await makeBucket(server, 'multi-source', { versioning: 'Enabled' });
    const id = (await put(versioned, 'v', 'old')).headers['x-cos-version-id']!;
    await put(versioned, 'v', 'new');
    const uploadId = await initiate(send, 'from-version');
    const answer = await copyPart('from-version', uploadId, 1, {
      'x-cos-copy-source': `multi-source-${APPID}.cos.${REGION}.myqcloud.com/v?versionId=${id}`,
    });
    expect([answer.headers['x-cos-copy-source-version-id'], valueOf(answer.text, 'ETag')]).toEqual([
      id,
      `"${md5Hex('old')}"`,
    ]);
  });

  it('judges conditions and ranges of the source', async () => {
    const uploadId = await initiate(send, 'judged');
    const attempt = async (headers: Record<string, string>) => failure(await copyPart('judged', uploadId, 1, headers));
    const IF = 'x-cos-copy-source-If-';
    expect(await attempt({ [`${IF}Match`]: `"${md5Hex(content)}"` })).toEqual([200, undefined]);
    expect(await attempt({ [`${IF}Match`]: '"x"' })).toEqual([412, 'PreconditionFailed']);
    expect(await attempt({ [`${IF}None-Match`]: '*' })).toEqual([412, 'PreconditionFailed']);
    const later = new Date(Date.now() + 5_000).toUTCString();
    expect(await attempt({ [`${IF}Modified-Since`]: later })).toEqual([412, 'PreconditionFailed']);
    expect(await attempt(range(0, 300_000))).toEqual([416, 'InvalidRange']);
    expect(await attempt({ 'x-cos-copy-source-range': 'bytes=5-' })).toEqual([400, 'InvalidArgument']);
    expect(await attempt({ 'x-cos-copy-source': `${HOST}/absent` })).toEqual([404, 'NoSuchCopySource']);
    // What failed took nothing away.
    expect(valuesOf((await partsOf('judged', uploadId)).text, 'ETag')).toEqual([`"${md5Hex(content)}"`]);
  });
});

describe('ListParts', () => {
  it('shows the parts by number, with who and what', async () => {
    const uploadId = await initiate(send, 'list/中 é', { 'x-cos-storage-class': 'Archive' });
    const empty = await partsOf('list/中 é', uploadId);
    expect(valueOf(empty.text, 'IsTruncated')).toBe('false');
    expect(empty.text).not.toContain('<Part>');
    for (const number of [12, 2, 100]) await uploadPart(send, 'list/中 é', uploadId, number, `part ${number}`);
    const { text } = await partsOf('list/中 é', uploadId);
    expect([valueOf(text, 'Bucket'), valueOf(text, 'Key'), valueOf(text, 'UploadId')]).toEqual([
      BUCKET,
      'list/中 é',
      uploadId,
    ]);
    expect(valuesOf(text, 'PartNumber')).toEqual(['2', '12', '100']);
    expect(valuesOf(text, 'Size')).toEqual(['6', '7', '8']);
    expect(valuesOf(text, 'ETag')).toEqual(['part 2', 'part 12', 'part 100'].map((body) => `"${md5Hex(body)}"`));
    expect(valueOf(text, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    expect([valueOf(text, 'StorageClass'), valueOf(text, 'MaxParts'), valueOf(text, 'PartNumberMarker')]).toEqual([
      'ARCHIVE',
      '1000',
      '0',
    ]);
    for (const id of valuesOf(text, 'ID')) expect(id).toMatch(ACCOUNT);
    expect(text).not.toContain('NextPartNumberMarker');
    const encoded = (await partsOf('list/中 é', uploadId, { 'encoding-type': 'url' })).text;
    expect([valueOf(encoded, 'EncodingType'), valueOf(encoded, 'Key')]).toEqual(['url', 'list/%E4%B8%AD%20%C3%A9']);
  });

  it('pages', async () => {
    const uploadId = await initiate(send, 'pages');
    for (const number of [1, 2, 3, 4, 5]) await uploadPart(send, 'pages', uploadId, number, 'x');
    const seen: string[][] = [];
    for (let marker: string | undefined = '0'; marker !== undefined; ) {
      const { text } = await partsOf('pages', uploadId, { 'max-parts': '2', 'part-number-marker': marker });
      expect([valueOf(text, 'PartNumberMarker'), valueOf(text, 'MaxParts')]).toEqual([marker, '2']);
      seen.push(valuesOf(text, 'PartNumber'));
      marker = valueOf(text, 'NextPartNumberMarker');
      expect(valueOf(text, 'IsTruncated')).toBe(String(marker !== undefined));
    }
    expect(seen).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });
});

describe('ListMultipartUploads', () => {
  const list = async (uploads: Send, query = {}) =>
    (await uploads({ method: 'GET', query: { uploads: '', ...query } })).text;

  it('shows uploads by key, then by age', async () => {
    const uploads = await makeBucket(server, 'uploads');
    const ids: Record<string, string[]> = {};
    for (const key of ['b', 'a/1', 'a/2', 'b', 'b', 'é'])
      (ids[key] ??= []).push(
        await initiate(uploads, key, { 'x-cos-storage-class': key === 'é' ? 'standard_ia' : 'standard' }),
      );
    const all = await list(uploads);
    expect(valuesOf(all, 'Key')).toEqual(['a/1', 'a/2', 'b', 'b', 'b', 'é']);
    expect(valuesOf(all, 'UploadId').slice(2, 5)).toEqual(ids['b']);
    expect(valuesOf(all, 'StorageClass').slice(-2)).toEqual(['STANDARD', 'STANDARD_IA']);
    expect(valueOf(all, 'Initiated')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    for (const id of valuesOf(all, 'ID')) expect(id).toMatch(ACCOUNT);

    expect(valuesOf(await list(uploads, { prefix: 'a/' }), 'Key')).toEqual(['a/1', 'a/2']);
    const folded = await list(uploads, { delimiter: '/' });
    expect(valuesOf(folded, 'Key')).toEqual(['b', 'b', 'b', 'é']);
    expect(folded).toContain('<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>');
    expect(valuesOf(await list(uploads, { 'encoding-type': 'url' }), 'Key').at(-1)).toBe('%C3%A9');
    expect(valuesOf(await list(uploads, { 'key-marker': 'a/2' }), 'Key')).toEqual(['b', 'b', 'b', 'é']);

    const seen: string[] = [];
    for (let key = '', id = '', more = true; more; ) {
      const page = await list(uploads, { 'max-uploads': '2', 'key-marker': key, 'upload-id-marker': id });
      seen.push(...valuesOf(page, 'UploadId'));
      [key, id] = [valueOf(page, 'NextKeyMarker') ?? '', valueOf(page, 'NextUploadIdMarker') ?? ''];
      more = valueOf(page, 'IsTruncated') === 'true';
      expect([key, id].every((marker) => (marker !== '') === more)).toBe(true);
    }
    expect(seen).toEqual(valuesOf(all, 'UploadId'));
  });

  it('forgets what was completed or aborted', async () => {
    const uploads = await makeBucket(server, 'uploads-end');
    const done = await initiate(uploads, 'k');
    const dropped = await initiate(uploads, 'k');
    await expectStatus(complete(uploads, 'k', done, [await uploadPart(uploads, 'k', done, 1, 'x')]), 200);
    expect(valuesOf(await list(uploads), 'UploadId')).toEqual([dropped]);
    await uploads({ method: 'DELETE', key: 'k', query: { uploadId: dropped } });
    expect(await list(uploads)).not.toContain('<Upload>');
  });
});

describe('CompleteMultipartUpload', () => {
  it('answers with place, ETag of the parts and CRC of the whole', async () => {
    const bodies = [randomBytes(20), randomBytes(30)];
    const done = await putParts(send, 'dir/done é', bodies);
    expect(done.text).toContain(
      '<CompleteMultipartUploadResult xmlns="http://www.qcloud.com/document/product/436/7751">',
    );
    expect(valueOf(done.text, 'Location')).toBe(`http://${HOST}/dir/done%20%C3%A9`);
    expect([valueOf(done.text, 'Bucket'), valueOf(done.text, 'Key')]).toEqual([BUCKET, 'dir/done é']);
    expect(valueOf(done.text, 'ETag')).toMatch(/^"[0-9a-f]{32}-2"$/);
    const plain = await put(send, 'plain', Buffer.concat(bodies));
    expect(done.headers['x-cos-hash-crc64ecma']).toBe(plain.headers['x-cos-hash-crc64ecma']);
    expect(valueOf(done.text, 'ETag')).not.toBe(plain.headers['etag']);
    const { headers } = await send({ method: 'HEAD', key: 'dir/done é' });
    expect([headers['etag'], headers['content-length']]).toEqual([valueOf(done.text, 'ETag'), '50']);
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
    expect(valueOf(done.text, 'ETag')).toMatch(/-1"$/);
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
