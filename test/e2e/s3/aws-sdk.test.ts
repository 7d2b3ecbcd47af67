/** The SDK of AWS with untouched defaults: checksums, trailers, path and virtual-hosted names. Source: spec/s3.md §5, §11. */
import { Readable } from 'node:stream';
import {
  type ChecksumAlgorithm,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const Bucket = `aws-${APPID}`;
let server: ServerProcess;
let s3: S3Client;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

const put = (Key: string, Body: string | Buffer, more = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string, more = {}) => {
  const { Body, ...rest } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { bytes: Buffer.from(await Body!.transformToByteArray()), ...rest };
};

describe('buckets', () => {
  it('are made, found, listed and told where they are', async () => {
    expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: REGION });
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(REGION);
    const { Buckets, Owner } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket);
    expect(Owner?.ID).toMatch(/^qcs::cam::uin\/\d+:uin\/\d+$/);
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket: `absent-${APPID}` })))).toMatchObject({ status: 404 });
  });
});

describe('objects', () => {
  it('come back with their metadata, and the checksum that the SDK computed', async () => {
    const written = await put('a/b c+d/图.txt', 'hello', { Metadata: { colour: 'red' }, ContentType: 'text/x' });
    expect(written.ChecksumCRC32).toBe('NhCmhg==');
    const got = await read('a/b c+d/图.txt');
    expect(got.bytes.toString()).toBe('hello');
    expect(got).toMatchObject({ Metadata: { colour: 'red' }, ContentType: 'text/x', ETag: written.ETag });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/b c+d/图.txt', ChecksumMode: 'ENABLED' }));
    expect(head).toMatchObject({ ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT', ContentLength: 5 });
  });

  it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as ChecksumAlgorithm[])(
    'may be checked by %s, in a header and in a trailer',
    async (ChecksumAlgorithm) => {
      const field = `Checksum${ChecksumAlgorithm}` as 'ChecksumCRC32';
      const header = await put(`sum/${ChecksumAlgorithm}`, 'hello', { ChecksumAlgorithm });
      const Body = Readable.from([Buffer.from('hel'), Buffer.from('lo')]);
      const more = { ChecksumAlgorithm, ContentLength: 5 };
      const trailer = await s3.send(new PutObjectCommand({ Bucket, Key: `trail/${ChecksumAlgorithm}`, Body, ...more }));
      expect(trailer[field]).toBe(header[field]);
      expect(header[field]).toMatch(/=$/);
      expect((await read(`trail/${ChecksumAlgorithm}`)).bytes.toString()).toBe('hello');
    },
  );

  it('that are not what their checksum says are refused, and leave nothing behind', async () => {
    const wrong = put('wrong', 'hello', { ChecksumCRC32: 'AAAAAA==' });
    expect(await failure(wrong)).toEqual({ status: 400, code: 'BadDigest' });
    expect(await failure(read('wrong'))).toEqual({ status: 404, code: 'NoSuchKey' });
  });

  it('of many megabytes come as parts of a stream', async () => {
    const bytes = Buffer.alloc(12 * 1024 * 1024, 'cosette');
    const upload = new Upload({ client: s3, params: { Bucket, Key: 'big', Body: Readable.from([bytes]) } });
    const { ETag, Location } = await upload.done();
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(Location).toContain('/big');
    expect((await read('big')).bytes.equals(bytes)).toBe(true);
    expect((await read('big', { Range: 'bytes=5242878-5242885' })).bytes.equals(bytes.subarray(5242878, 5242886))).toBe(
      true,
    );
    const part = await s3.send(new HeadObjectCommand({ Bucket, Key: 'big', PartNumber: 3 }));
    expect(part).toMatchObject({ PartsCount: 3, ContentLength: 2 * 1024 * 1024 });
  });

  it('are written on conditions', async () => {
    const { ETag } = await put('once', 'a', { IfNoneMatch: '*' });
    expect(await failure(put('once', 'b', { IfNoneMatch: '*' }))).toEqual({ status: 412, code: 'PreconditionFailed' });
    expect(await failure(put('once', 'b', { IfMatch: '"0"' }))).toEqual({ status: 412, code: 'PreconditionFailed' });
    await put('once', 'b', { IfMatch: ETag });
    expect((await read('once')).bytes.toString()).toBe('b');
  });

  it('are copied, deleted one by one and together', async () => {
    await put('from', 'hello', { Metadata: { a: '1' }, StorageClass: 'STANDARD_IA' });
    const CopySource = `/${Bucket}/from`;
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    expect(await read('to')).toMatchObject({ Metadata: { a: '1' } });
    await s3.send(
      new CopyObjectCommand({ Bucket, Key: 'to', CopySource, MetadataDirective: 'REPLACE', Metadata: { b: '2' } }),
    );
    expect((await read('to')).Metadata).toEqual({ b: '2' });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'to' }));
    const Objects = [{ Key: 'from' }, { Key: 'absent' }];
    const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['from', 'absent']);
    expect(Errors).toBeUndefined();
    expect(await failure(read('from'))).toEqual({ status: 404, code: 'NoSuchKey' });
  });

  it('are listed in pages and by prefixes of any length', async () => {
    for (const Key of ['l/1', 'l/2', 'l/x--1', 'l/x--2', 'l/x--3']) await put(Key, Key);
    const first = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/', MaxKeys: 2 }));
    expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
    const ContinuationToken = first.NextContinuationToken!;
    const rest = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/', ContinuationToken, FetchOwner: true }));
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['l/x--1', 'l/x--2', 'l/x--3']);
    expect(rest.Contents?.[0]?.Owner?.ID).toMatch(/^qcs::cam::/);
    const folded = await s3.send(new ListObjectsCommand({ Bucket, Prefix: 'l/', Delimiter: '--' }));
    expect(folded.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['l/x--']);
    expect(folded.Contents?.map(({ Key }) => Key)).toEqual(['l/1', 'l/2']);
  });

  it('keep their versions', async () => {
    const Versioned = `aws-versions-${APPID}`;
    await s3.send(new CreateBucketCommand({ Bucket: Versioned }));
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: Versioned, VersioningConfiguration }));
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: Versioned, Key: 'k', Body: '1' }));
    const gone = await s3.send(new DeleteObjectCommand({ Bucket: Versioned, Key: 'k' }));
    expect(gone.DeleteMarker).toBe(true);
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket: Versioned }));
    expect(Versions?.map((version) => version.VersionId)).toEqual([VersionId]);
    expect(DeleteMarkers?.map((marker) => marker.VersionId)).toEqual([gone.VersionId]);
    const missing = await s3.send(new GetObjectCommand({ Bucket: Versioned, Key: 'k' })).catch((error) => error);
    const { headers } = missing.$response as { headers: Record<string, string> };
    expect(headers).toMatchObject({ 'x-amz-delete-marker': 'true', 'x-amz-version-id': gone.VersionId });
    const old = await s3.send(new GetObjectCommand({ Bucket: Versioned, Key: 'k', VersionId }));
    expect(await old.Body!.transformToString()).toBe('1');
  });
});

describe('addresses', () => {
  it('that are signed in the query read and write', async () => {
    const to = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'signed/图 +' }), { expiresIn: 60 });
    expect((await fetch(to, { method: 'PUT', body: 'by address' })).status).toBe(200);
    const from = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'signed/图 +' }), { expiresIn: 60 });
    expect(await (await fetch(from)).text()).toBe('by address');
    const answer = await fetch(from.replace('%20%2B', '%20%2D'));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });
});

describe('faults', () => {
  it('slow a stream with a trailer down, and it arrives all the same', async () => {
    const slow = await startServerProcess({ flags: ['--faults-header'] });
    const client = s3Client(slow);
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['x-cosette-fault'] = 'bandwidth=65536';
        return next(args);
      },
      { step: 'build' },
    );
    await client.send(new CreateBucketCommand({ Bucket }));
    const Body = Readable.from([Buffer.alloc(40_000, 'a'), Buffer.alloc(20_000, 'b')]);
    await client.send(new PutObjectCommand({ Bucket, Key: 'slow', Body, ContentLength: 60_000 }));
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'slow' }))).ContentLength).toBe(60_000);
    client.destroy();
    await slow.remove();
  });
});
