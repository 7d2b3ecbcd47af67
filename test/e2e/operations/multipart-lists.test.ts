/** What is known of running uploads: List Parts, List Multipart Uploads. Source: spec/objects.md §11.5, §11.6. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  complete,
  expectStatus,
  initiate,
  makeBucket,
  md5Hex,
  textOf,
  textsOf,
  uploadPart,
} from '../../support/buckets.ts';
import type { Send } from '../../support/http.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
let send: Send;
const BUCKET = `multi-${APPID}`;
const ACCOUNT = /^qcs::cam::uin\/\d+:uin\/\d+$/;
beforeAll(async () => {
  server = await startServerProcess();
  send = await makeBucket(server, 'multi');
});
afterAll(() => server.remove());

const partsOf = (key: string, uploadId: string, query = {}) =>
  send({ method: 'GET', key, query: { uploadId, ...query } });

describe('ListParts', () => {
  it('shows the parts by number, with who and what', async () => {
    const uploadId = await initiate(send, 'list/中 é', { 'x-cos-storage-class': 'Archive' });
    const empty = await partsOf('list/中 é', uploadId);
    expect(textOf(empty.text, 'IsTruncated')).toBe('false');
    expect(empty.text).not.toContain('<Part>');
    for (const number of [12, 2, 100]) await uploadPart(send, 'list/中 é', uploadId, number, `part ${number}`);
    const { text } = await partsOf('list/中 é', uploadId);
    expect([textOf(text, 'Bucket'), textOf(text, 'Key'), textOf(text, 'UploadId')]).toEqual([
      BUCKET,
      'list/中 é',
      uploadId,
    ]);
    expect(textsOf(text, 'PartNumber')).toEqual(['2', '12', '100']);
    expect(textsOf(text, 'Size')).toEqual(['6', '7', '8']);
    expect(textsOf(text, 'ETag')).toEqual(['part 2', 'part 12', 'part 100'].map((body) => `"${md5Hex(body)}"`));
    expect(textOf(text, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    expect([textOf(text, 'StorageClass'), textOf(text, 'MaxParts'), textOf(text, 'PartNumberMarker')]).toEqual([
      'ARCHIVE',
      '1000',
      '0',
    ]);
    for (const id of textsOf(text, 'ID')) expect(id).toMatch(ACCOUNT);
    expect(text).not.toContain('NextPartNumberMarker');
    const encoded = (await partsOf('list/中 é', uploadId, { 'encoding-type': 'url' })).text;
    expect([textOf(encoded, 'EncodingType'), textOf(encoded, 'Key')]).toEqual(['url', 'list/%E4%B8%AD%20%C3%A9']);
  });

  it('pages', async () => {
    const uploadId = await initiate(send, 'pages');
    for (const number of [1, 2, 3, 4, 5]) await uploadPart(send, 'pages', uploadId, number, 'x');
    const seen: string[][] = [];
    for (let marker: string | undefined = '0'; marker !== undefined; ) {
      const { text } = await partsOf('pages', uploadId, { 'max-parts': '2', 'part-number-marker': marker });
      expect([textOf(text, 'PartNumberMarker'), textOf(text, 'MaxParts')]).toEqual([marker, '2']);
      seen.push(textsOf(text, 'PartNumber'));
      marker = textOf(text, 'NextPartNumberMarker');
      expect(textOf(text, 'IsTruncated')).toBe(String(marker !== undefined));
    }
    expect(seen).toEqual([['1', '2'], ['3', '4'], ['5']]);
  });
});

describe('ListMultipartUploads', () => {
  const list = async (uploads: Send, query = {}) =>
    (await uploads({ method: 'GET', query: { uploads: '', ...query } })).text;

  it('shows uploads by key, then by age', async () => {
    const uploads = await makeBucket(server, 'uploads');
    const ofB: string[] = [];
    for (const key of ['b', 'a/1', 'a/2', 'b', 'b', 'é']) {
      const storageClass = key === 'é' ? 'standard_ia' : 'standard';
      const uploadId = await initiate(uploads, key, { 'x-cos-storage-class': storageClass });
      if (key === 'b') ofB.push(uploadId);
    }
    const all = await list(uploads);
    expect(textsOf(all, 'Key')).toEqual(['a/1', 'a/2', 'b', 'b', 'b', 'é']);
    expect(textsOf(all, 'UploadId').slice(2, 5)).toEqual(ofB);
    expect(textsOf(all, 'StorageClass').slice(-2)).toEqual(['STANDARD', 'STANDARD_IA']);
    expect(textOf(all, 'Initiated')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    for (const id of textsOf(all, 'ID')) expect(id).toMatch(ACCOUNT);

    expect(textsOf(await list(uploads, { prefix: 'a/' }), 'Key')).toEqual(['a/1', 'a/2']);
    const folded = await list(uploads, { delimiter: '/' });
    expect(textsOf(folded, 'Key')).toEqual(['b', 'b', 'b', 'é']);
    expect(folded).toContain('<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>');
    expect(textsOf(await list(uploads, { 'encoding-type': 'url' }), 'Key').at(-1)).toBe('%C3%A9');
    expect(textsOf(await list(uploads, { 'key-marker': 'a/2' }), 'Key')).toEqual(['b', 'b', 'b', 'é']);

    const seen: string[] = [];
    for (let key = '', id = '', more = true; more; ) {
      const page = await list(uploads, { 'max-uploads': '2', 'key-marker': key, 'upload-id-marker': id });
      seen.push(...textsOf(page, 'UploadId'));
      [key, id] = [textOf(page, 'NextKeyMarker') ?? '', textOf(page, 'NextUploadIdMarker') ?? ''];
      more = textOf(page, 'IsTruncated') === 'true';
      expect([key, id].every((marker) => (marker !== '') === more)).toBe(true);
    }
    expect(seen).toEqual(textsOf(all, 'UploadId'));
  });

  it('forgets what was completed or aborted', async () => {
    const uploads = await makeBucket(server, 'uploads-end');
    const done = await initiate(uploads, 'k');
    const dropped = await initiate(uploads, 'k');
    await expectStatus(complete(uploads, 'k', done, [await uploadPart(uploads, 'k', done, 1, 'x')]), 200);
    expect(textsOf(await list(uploads), 'UploadId')).toEqual([dropped]);
    await uploads({ method: 'DELETE', key: 'k', query: { uploadId: dropped } });
    expect(await list(uploads)).not.toContain('<Upload>');
  });
});
