/**
 * The core operations through both official Node SDKs against a real server process. The SDKs' types lag behind what they do, so
 * calls go through a loose view of them.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchange } from '../support/raw.ts';
import { type Entry, SDKS, type Sdk } from '../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../support/server-process.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--grace-ms', '0'] });
});
afterAll(() => server.remove());

interface Failure {
  statusCode: number;
  code?: string;
  error?: { Code?: string };
}

async function failure(call: Promise<unknown>): Promise<{ status: number; code: string | undefined }> {
  try {
    await call;
  } catch (error) {
    const { statusCode, code, error: inner } = error as Failure;
    return { status: statusCode, code: code ?? inner?.Code };
  }
  throw new Error('the call should have failed');
}

describe.each(SDKS)('cos-nodejs-sdk-v5 %s', (version, make) => {
  let cos: Sdk;
  const Bucket = `e2e${version.replace('.', '')}-${APPID}`;
  const at = (Key: string) => ({ Bucket, Region: REGION, Key });
  const here = { Bucket, Region: REGION };

  beforeAll(async () => {
    cos = make(server);
    await cos.putBucket(here);
  });

  it('lists, heads and locates the bucket', async () => {
    const service = await cos.getService({});
    expect(service.Buckets.map((bucket: Entry) => bucket['Name'])).toContain(Bucket);
    const head = await cos.headBucket(here);
    expect(head.headers!['x-cos-bucket-region']).toBe(REGION);
    expect((await cos.getBucketLocation(here)).LocationConstraint).toBe(REGION);
    expect(await failure(cos.putBucket(here))).toEqual({ status: 409, code: 'BucketAlreadyOwnedByYou' });
  });

  it.each([
    'plain.txt',
    'a b+c~(1).txt',
    '图片/1.png',
    "it's*odd!.txt",
    'x%2F?#&=;,:@$.bin',
    'deep//slashes/./../k',
    '😀',
  ])('puts, gets and heads %j', async (key) => {
    const content = randomBytes(1_234);
    const put = await cos.putObject({ ...at(key), Body: content, ContentType: 'text/x-test' });
    expect(put.ETag).toBe(`"${createHash('md5').update(content).digest('hex')}"`);
    const got = await cos.getObject(at(key));
    expect(Buffer.compare(got.Body as Buffer, content)).toBe(0);
    const head = await cos.headObject(at(key));
    expect(head.headers!['content-length']).toBe('1234');
    expect(head.headers!['content-type']).toBe('text/x-test');
    await cos.deleteObject(at(key));
    expect((await failure(cos.headObject(at(key)))).status).toBe(404);
  });

  it('keeps user metadata and stored headers, and replaces them by response-*', async () => {
    await cos.putObject({
      ...at('meta'),
      Body: 'x',
      CacheControl: 'max-age=60',
      ContentDisposition: 'inline',
      Headers: { 'x-cos-meta-color': 'deep blue' },
    });
    const { headers } = await cos.headObject(at('meta'));
    expect(headers).toMatchObject({
      'cache-control': 'max-age=60',
      'content-disposition': 'inline',
      'x-cos-meta-color': 'deep blue',
    });
    const got = await cos.getObject({ ...at('meta'), ResponseContentType: 'text/other' });
    expect(got.headers!['content-type']).toBe('text/other');
  });

  it('reads ranges and answers conditions', async () => {
    const put = await cos.putObject({ ...at('range'), Body: '0123456789' });
    const part = await cos.getObject({ ...at('range'), Range: 'bytes=2-4' });
    expect(part.statusCode).toBe(206);
    expect(part.Body.toString()).toBe('234');
    expect(part.headers!['content-range']).toBe('bytes 2-4/10');
    expect(await failure(cos.getObject({ ...at('range'), Range: 'bytes=10-' }))).toEqual({
      status: 416,
      code: 'InvalidRange',
    });
    expect(await failure(cos.getObject({ ...at('range'), IfMatch: '"other"' }))).toEqual({
      status: 412,
      code: 'PreconditionFailed',
    });
    const unchanged = await cos.getObject({ ...at('range'), IfNoneMatch: put.ETag }).catch((error) => error);
    expect(unchanged.statusCode).toBe(304);
  });

  it('refuses to overwrite where it was told so', async () => {
    await cos.putObject({ ...at('once'), Body: '1' });
    const again = cos.putObject({ ...at('once'), Body: '2', Headers: { 'x-cos-forbid-overwrite': 'true' } });
    expect(await failure(again)).toEqual({ status: 409, code: 'FileAlreadyExists' });
    expect((await cos.getObject(at('once'))).Body.toString()).toBe('1');
  });

  it('lists with prefix, delimiter and markers', async () => {
    const keys = ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/d/x'];
    for (const key of keys) await cos.putObject({ ...at(key), Body: key });
    const flat = await cos.getBucket({ ...here, Prefix: 'list/' });
    expect(flat.Contents.map((entry: Entry) => entry['Key'])).toEqual(keys);
    const grouped = await cos.getBucket({ ...here, Prefix: 'list/', Delimiter: '/' });
    expect(grouped.Contents.map((entry: Entry) => entry['Key'])).toEqual(['list/a', 'list/c']);
    expect(grouped.CommonPrefixes.map((entry: Entry) => entry['Prefix'])).toEqual(['list/b/', 'list/d/']);
    const seen: string[] = [];
    let Marker: string | undefined = '';
    while (Marker !== undefined) {
      const page: Awaited<ReturnType<Sdk['getBucket']>> = await cos.getBucket({
        ...here,
        Prefix: 'list/',
        Delimiter: '/',
        MaxKeys: 1,
        Marker,
      });
      seen.push(
        ...page.Contents.map((entry: Entry) => entry['Key']),
        ...page.CommonPrefixes.map((entry: Entry) => entry['Prefix']),
      );
      Marker = page.IsTruncated === 'true' ? page.NextMarker : undefined;
    }
    expect(seen).toEqual(['list/a', 'list/b/', 'list/c', 'list/d/']);
  });

  it('deletes many, and says so for each', async () => {
    for (const key of ['many/1', 'many/2 &<>']) await cos.putObject({ ...at(key), Body: key });
    const { Deleted, Error: failed } = await cos.deleteMultipleObject({
      ...here,
      Objects: [{ Key: 'many/1' }, { Key: 'many/2 &<>' }, { Key: 'many/absent' }],
    });
    expect(Deleted.map((entry: Entry) => entry['Key'])).toEqual(['many/1', 'many/2 &<>', 'many/absent']);
    expect(failed).toEqual([]);
    expect((await cos.getBucket({ ...here, Prefix: 'many/' })).Contents).toEqual([]);
  });

  it('copies within the server, with and without new metadata', async () => {
    await cos.putObject({ ...at('copy/源'), Body: 'content', Headers: { 'x-cos-meta-a': '1' } });
    const CopySource = `${Bucket}.cos.${REGION}.myqcloud.com/${encodeURIComponent('copy/源')}`;
    const copied = await cos.putObjectCopy({ ...at('copy/target'), CopySource });
    expect(copied.ETag).toBe(`"${createHash('md5').update('content').digest('hex')}"`);
    expect((await cos.headObject(at('copy/target'))).headers!['x-cos-meta-a']).toBe('1');
    await cos.putObjectCopy({
      ...at('copy/target'),
      CopySource,
      MetadataDirective: 'Replaced',
      Headers: { 'x-cos-meta-b': '2' },
    });
    const { headers } = await cos.headObject(at('copy/target'));
    expect([headers!['x-cos-meta-a'], headers!['x-cos-meta-b']]).toEqual([undefined, '2']);
    const missing = cos.putObjectCopy({ ...at('copy/x'), CopySource: `${CopySource}-absent` });
    expect((await failure(missing)).code).toBe('NoSuchCopySource');
  });

  it('appends, and refuses a wrong position and a wrong kind', async () => {
    const first = await cos.appendObject({ ...at('append'), Body: 'hello ', Position: 0 });
    expect(String(first.headers!['x-cos-next-append-position'])).toBe('6');
    await cos.appendObject({ ...at('append'), Body: 'world', Position: 6 });
    const got = await cos.getObject(at('append'));
    expect(got.Body.toString()).toBe('hello world');
    expect(got.headers!['x-cos-object-type']).toBe('appendable');
    const wrong = await failure(cos.appendObject({ ...at('append'), Body: 'x', Position: 3 }));
    expect(wrong).toEqual({ status: 400, code: 'AppendPositionErr' });
    const told = await cos.appendObject({ ...at('append'), Body: 'x', Position: 3 }).catch((error) => error);
    expect(told.headers['x-cos-next-append-position']).toBe('11');
    await cos.putObject({ ...at('normal'), Body: 'x' });
    const kind = await failure(cos.appendObject({ ...at('normal'), Body: 'x', Position: 1 }));
    expect(kind).toEqual({ status: 400, code: 'ObjectNotAppendable' });
  });

  it('uploads in parts: lists, completes, and aborts', async () => {
    const { UploadId } = await cos.multipartInit(at('parts'));
    const parts = [randomBytes(1024 * 1024), randomBytes(1024 * 1024 + 7), randomBytes(10)];
    const Parts = [];
    for (const [index, Body] of parts.entries()) {
      const sent = await cos.multipartUpload({ ...at('parts'), UploadId, PartNumber: index + 1, Body });
      Parts.push({ PartNumber: index + 1, ETag: sent.ETag });
    }
    const listed = await cos.multipartListPart({ ...at('parts'), UploadId });
    expect(listed.Part.map((part: Entry) => Number(part['Size']))).toEqual(parts.map(({ length }) => length));
    const uploads = await cos.multipartList({ ...here, Prefix: 'parts' });
    expect(uploads.Upload.map((upload: Entry) => upload['UploadId'])).toEqual([UploadId]);
    const done = await cos.multipartComplete({ ...at('parts'), UploadId, Parts });
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    const again = await cos.multipartComplete({ ...at('parts'), UploadId, Parts });
    expect(again.ETag).toBe(done.ETag);
    const whole = Buffer.concat(parts);
    expect(Buffer.compare((await cos.getObject(at('parts'))).Body as Buffer, whole)).toBe(0);
    const middle = await cos.getObject({ ...at('parts'), Range: 'bytes=1048570-2097170' });
    expect(Buffer.compare(middle.Body as Buffer, whole.subarray(1_048_570, 2_097_171))).toBe(0);

    const second = await cos.multipartInit(at('parts'));
    await cos.multipartAbort({ ...at('parts'), UploadId: second.UploadId });
    const late = cos.multipartUpload({ ...at('parts'), UploadId: second.UploadId, PartNumber: 1, Body: 'x' });
    expect(await failure(late)).toEqual({ status: 404, code: 'NoSuchUpload' });
  });

  it('copies a part and slices a large upload by itself', async () => {
    const content = randomBytes(5 * 1024 * 1024 + 3);
    const { UploadId } = await cos.multipartInit(at('from-part'));
    await cos.putObject({ ...at('source'), Body: content });
    const copied = await cos.uploadPartCopy({
      ...at('from-part'),
      UploadId,
      PartNumber: 1,
      CopySource: `${Bucket}.cos.${REGION}.myqcloud.com/source`,
      CopySourceRange: 'bytes=1-4',
    });
    await cos.multipartComplete({ ...at('from-part'), UploadId, Parts: [{ PartNumber: 1, ETag: copied.ETag }] });
    expect(Buffer.compare((await cos.getObject(at('from-part'))).Body as Buffer, content.subarray(1, 5))).toBe(0);
  });

  it('uploads a file in slices, and resumes what an earlier run left behind', async () => {
    const content = randomBytes(4 * 1024 * 1024 + 5);
    const file = join(mkdtempSync(join(tmpdir(), 'cosette-slice-')), 'file.bin');
    writeFileSync(file, content);
    const { UploadId } = await cos.multipartInit(at('sliced'));
    const first = content.subarray(0, 1024 * 1024);
    await cos.multipartUpload({ ...at('sliced'), UploadId, PartNumber: 1, Body: first });
    const done = await cos.sliceUploadFile({ ...at('sliced'), FilePath: file, ChunkSize: 1024 * 1024 });
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-5"$/);
    expect(Buffer.compare((await cos.getObject(at('sliced'))).Body as Buffer, content)).toBe(0);
    expect((await cos.multipartList({ ...here, Prefix: 'sliced' })).Upload).toEqual([]);
    rmSync(dirname(file), { recursive: true });
  });

  it('signs URLs that work until they expire, and for nothing else', async () => {
    await cos.putObject({ ...at('signed 图+.txt'), Body: 'signed' });
    const sign = cos.getObjectUrl as unknown as (parameters: object) => string;
    const fetchUrl = (url: string, method = 'GET'): Promise<{ status: number; body: string }> => {
      const { host, pathname, search } = new URL(url);
      const head = `${method} ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
      return exchange(server.port, [head]);
    };
    const url = sign.call(cos, { ...at('signed 图+.txt'), Sign: true, Expires: 60, Protocol: 'http:' });
    expect(await fetchUrl(url)).toMatchObject({ status: 200, body: 'signed' });
    expect((await fetchUrl(url, 'DELETE')).status).toBe(403);
    expect((await fetchUrl(url.replace('signed', 'other'))).status).toBe(403);
    const old = sign.call(cos, { ...at('signed 图+.txt'), Sign: true, Expires: -60, Protocol: 'http:' });
    const refused = await fetchUrl(old);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('<Code>AccessDenied</Code>');
  });

  it('versions: old ones stay, markers come and go', async () => {
    await cos.putBucketVersioning({ ...here, VersioningConfiguration: { Status: 'Enabled' } });
    const one = await cos.putObject({ ...at('v'), Body: '1' });
    const two = await cos.putObject({ ...at('v'), Body: '2' });
    expect(one.headers!['x-cos-version-id']).toMatch(/^[A-Za-z0-9+/]{26,}$/);
    const removed = await cos.deleteObject(at('v'));
    expect(removed.headers!['x-cos-delete-marker']).toBe('true');
    expect((await failure(cos.getObject(at('v')))).code).toBe('NoSuchKey');
    const marker = removed.headers!['x-cos-version-id'] as string;
    const byId = await cos.headObject({ ...at('v'), VersionId: marker }).catch((error) => error);
    expect([byId.statusCode, byId.headers['x-cos-delete-marker']]).toEqual([404, 'true']);
    const old = await cos.getObject({ ...at('v'), VersionId: one.headers!['x-cos-version-id'] as string });
    expect(old.Body.toString()).toBe('1');
    const listed = await cos.listObjectVersions({ ...here, Prefix: 'v' });
    expect(listed.Versions.map((entry: Entry) => entry['VersionId'])).toEqual([
      two.headers!['x-cos-version-id'],
      one.headers!['x-cos-version-id'],
    ]);
    expect(listed.DeleteMarkers).toHaveLength(1);
    await cos.deleteObject({ ...at('v'), VersionId: removed.headers!['x-cos-version-id'] as string });
    expect((await cos.getObject(at('v'))).Body.toString()).toBe('2');
    const status = await cos.getBucketVersioning(here);
    expect(status.VersioningConfiguration.Status).toBe('Enabled');
    await cos.putBucketVersioning({ ...here, VersioningConfiguration: { Status: 'Suspended' } });
  });

  it('refuses to delete a bucket with content, then deletes the emptied one', async () => {
    expect(await failure(cos.deleteBucket(here))).toEqual({ status: 409, code: 'BucketNotEmpty' });
    for (;;) {
      const page = await cos.listObjectVersions({ ...here, MaxKeys: 500 });
      const all = [...page.Versions, ...page.DeleteMarkers] as { Key: string; VersionId: string }[];
      if (all.length > 0) {
        const Objects = all.map(({ Key, VersionId }) => ({ Key, VersionId }));
        await cos.deleteMultipleObject({ ...here, Objects });
      }
      if (page.IsTruncated !== 'true') break;
    }
    const uploads = await cos.multipartList(here);
    for (const { Key, UploadId } of uploads.Upload) await cos.multipartAbort({ ...here, Key, UploadId });
    await cos.deleteBucket(here);
    expect(await failure(cos.headBucket(here))).toMatchObject({ status: 404 });
  });
});
