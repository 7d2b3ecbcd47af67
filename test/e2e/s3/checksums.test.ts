/** Checksums through the SDK of AWS, by every algorithm it knows. Source: spec/s3.md §5.2. */
import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  ChecksumAlgorithm,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { createXXHash3, createXXHash64, createXXHash128 } from 'hash-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import { SDKS, type Sdk } from '../../support/sdk.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../../support/server-process.ts';

const Bucket = `sums-${APPID}`;
const AT = { Bucket, Region: REGION };
const MIB = 1024 * 1024;
type Name = 'MD5' | 'SHA512' | 'XXHASH64' | 'XXHASH3' | 'XXHASH128';
const NAMES: readonly Name[] = ['MD5', 'SHA512', 'XXHASH64', 'XXHASH3', 'XXHASH128'];

let server: ServerProcess;
let s3: S3Client;
let cos: Sdk;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server, { checksumAlgorithms });
  cos = SDKS[0]![1](server);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

const XXH = { XXHASH64: createXXHash64, XXHASH3: createXXHash3, XXHASH128: createXXHash128 } as const;

async function raw(name: Name, bytes: Uint8Array): Promise<Buffer> {
  if (name === 'MD5' || name === 'SHA512') return createHash(name.toLowerCase()).update(bytes).digest();
  const hasher = await XXH[name]();
  return Buffer.from(hasher.init().update(bytes).digest('binary'));
}
/** An implementation for the SDK, which has none of its own. @param before what it wrongly takes for a part of the body */
const algorithm = (name: Name, before = '') =>
  class {
    #pieces = [Buffer.from(before)];
    update(piece: Uint8Array): void {
      this.#pieces.push(Buffer.from(piece));
    }
    digest(): Promise<Uint8Array> {
      return raw(name, Buffer.concat(this.#pieces));
    }
    reset(): void {
      this.#pieces = [];
    }
  };
const checksumAlgorithms = Object.fromEntries(NAMES.map((name) => [name, algorithm(name)]));
const base64 = async (name: Name, bytes: Uint8Array) => (await raw(name, bytes)).toString('base64');
const field = (name: Name) => `Checksum${name}` as const;

const put = (Key: string, Body: Buffer, more = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const head = (Key: string, more = {}) =>
  s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more }));
const copy = (Key: string, from: string, more = {}) =>
  s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${from}`, ...more }));

describe('a checksum', () => {
  // The published values of these algorithms for "abc".
  it.each([
    ['MD5', '900150983cd24fb0d6963f7d28e17f72'],
    [
      'SHA512',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
        '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
    ['XXHASH64', '44bc2cf5ad770999'],
    ['XXHASH3', '78af5f94892f3950'],
    ['XXHASH128', '06b05ab6733a618578af5f94892f3950'],
  ] as const)('by %s in a header is compared, kept and given back', async (name, hex) => {
    const value = Buffer.from(hex, 'hex').toString('base64');
    const Key = `header/${name}`;
    const written = await put(Key, Buffer.from('abc'), { [field(name)]: value });
    expect(written).toMatchObject({ [field(name)]: value, ChecksumType: 'FULL_OBJECT' });
    expect(await head(Key)).toMatchObject({ [field(name)]: value, ChecksumType: 'FULL_OBJECT' });
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(got).toMatchObject({ [field(name)]: value });
    expect(await got.Body!.transformToString()).toBe('abc');
    const ObjectAttributes = ['Checksum' as const];
    const attributes = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes }));
    expect(attributes.Checksum).toEqual({ [field(name)]: value, ChecksumType: 'FULL_OBJECT' });
    const wrong = put(`${Key}/wrong`, Buffer.from('abd'), { [field(name)]: value });
    expect(await failure(wrong)).toEqual({ status: 400, code: 'BadDigest' });
    expect(await failure(head(`${Key}/wrong`))).toMatchObject({ status: 404 });
    const short = put(`${Key}/short`, Buffer.from('abc'), { [field(name)]: 'AAAA' });
    expect(await failure(short)).toEqual({ status: 400, code: 'BadDigest' });
    expect((await cos.getObject({ ...AT, Key })).Body.toString()).toBe('abc');
  });

  it.each(NAMES)('by %s that the SDK computes comes in a header or a trailer', async (name) => {
    const bytes = Buffer.alloc(300_000, `${name} `);
    const value = await base64(name, bytes);
    const given = { ChecksumAlgorithm: name };
    expect(await put(`sdk/${name}`, bytes, given)).toMatchObject({ [field(name)]: value });
    const streamed = (client: S3Client, Key: string) => {
      const Body = Readable.from([bytes.subarray(0, 100_001), bytes.subarray(100_001)]);
      return client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: bytes.length, ...given }));
    };
    expect(await streamed(s3, `stream/${name}`)).toMatchObject({ [field(name)]: value });
    for (const Key of [`sdk/${name}`, `stream/${name}`]) {
      expect(await head(Key)).toMatchObject({ [field(name)]: value, ContentLength: bytes.length });
      // The SDK checks what it reads.
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(bytes.equals(await Body!.transformToByteArray())).toBe(true);
    }
    const wrong = s3Client(server, { checksumAlgorithms: { [name]: algorithm(name, 'x') } });
    expect(await failure(streamed(wrong, `wrong/${name}`))).toEqual({ status: 400, code: 'BadDigest' });
    wrong.destroy();
    expect(await failure(head(`wrong/${name}`))).toMatchObject({ status: 404 });
  });

  it.each(NAMES)('by %s is compared of documents too', async (name) => {
    await put(`gone/${name}`, Buffer.from('x'));
    const Delete = { Objects: [{ Key: `gone/${name}` }] };
    const gone = (client: S3Client) =>
      client.send(new DeleteObjectsCommand({ Bucket, Delete, ChecksumAlgorithm: name }));
    const wrong = s3Client(server, { checksumAlgorithms: { [name]: algorithm(name, 'x') } });
    expect(await failure(gone(wrong))).toEqual({ status: 400, code: 'BadDigest' });
    wrong.destroy();
    expect((await gone(s3)).Deleted).toMatchObject([{ Key: `gone/${name}` }]);
  });

  it.each(NAMES)('by %s is compared of forms too', async (name) => {
    const key = `form/${name}`;
    const conditions = [{ bucket: Bucket }, { key }];
    const policy = Buffer.from(JSON.stringify({ expiration: '2099-01-01T00:00:00Z', conditions })).toString('base64');
    const signature = createHmac('sha1', SECRET_KEY).update(policy).digest('base64');
    const post = async (value: string) => {
      const data = new FormData();
      const fields = {
        key,
        AWSAccessKeyId: SECRET_ID,
        policy,
        signature,
        [`x-amz-checksum-${name.toLowerCase()}`]: value,
      };
      for (const [field, text] of Object.entries(fields)) data.append(field, text);
      data.append('file', new Blob(['text']), 'a.txt');
      const answer = await fetch(`http://127.0.0.1:${server.port}/${Bucket}`, { method: 'POST', body: data });
      return `${answer.status} ${/<Code>(.*)<\/Code>/.exec(await answer.text())?.[1] ?? ''}`;
    };
    expect(await post(await base64(name, Buffer.from('other')))).toBe('400 BadDigest');
    const value = await base64(name, Buffer.from('text'));
    expect(await post(value)).toBe('204 ');
    expect(await head(key)).toMatchObject({ [field(name)]: value, ContentLength: 4 });
  });

  it('of bodies that arrive at once is that of each', async () => {
    const bodies = Array.from({ length: 12 }, (_, at) => Buffer.alloc(2 * MIB + at, `${at},`));
    await Promise.all(
      bodies.map(async (body, at) => put(`once/${at}`, body, { ChecksumXXHASH3: await base64('XXHASH3', body) })),
    );
    const spoilt = Buffer.from(bodies[0]!);
    spoilt[MIB]! ^= 1;
    const value = await base64('XXHASH3', bodies[0]!);
    const [wrong] = await Promise.all([
      failure(put('once/wrong', spoilt, { ChecksumXXHASH3: value })),
      put('once/0', bodies[0]!, { ChecksumXXHASH3: value }),
    ]);
    expect(wrong).toEqual({ status: 400, code: 'BadDigest' });
  });

  it('covers every algorithm that the SDK knows', () => {
    const known = new Set<string>(Object.values(ChecksumAlgorithm));
    for (const name of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256', ...NAMES]) known.delete(name);
    expect([...known]).toEqual([]);
  });
});

describe('a multipart upload', () => {
  it.each(NAMES)('with %s has the checksum of those of its parts', async (name) => {
    const Key = `parts/${name}`;
    const contents = [Buffer.alloc(MIB, 'one'), Buffer.alloc(MIB, 'two'), Buffer.from('three')];
    const sums = await Promise.all(contents.map((bytes) => raw(name, bytes)));
    const started = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: name }));
    expect(started).toMatchObject({ ChecksumAlgorithm: name, ChecksumType: 'COMPOSITE' });
    const UploadId = started.UploadId!;
    const at = { Bucket, Key, UploadId };
    const sum = (part: number) => ({ [field(name)]: sums[part]!.toString('base64') });
    const wrong = s3.send(new UploadPartCommand({ ...at, PartNumber: 1, Body: contents[1]!, ...sum(0) }));
    expect(await failure(wrong)).toEqual({ status: 400, code: 'BadDigest' });
    const Parts: CompletedPart[] = [];
    for (const part of [0, 2]) {
      const Body = contents[part]!;
      const { ETag, ...sent } = await s3.send(
        new UploadPartCommand({ ...at, PartNumber: part + 1, Body, ...sum(part) }),
      );
      expect(sent).toMatchObject(sum(part));
      Parts.push({ PartNumber: part + 1, ETag, ...sum(part) });
    }
    await put(`${Key}/source`, contents[1]!);
    const CopySource = `${Bucket}/${Key}/source`;
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand({ ...at, PartNumber: 2, CopySource }));
    expect(CopyPartResult).toMatchObject(sum(1));
    Parts.splice(1, 0, { PartNumber: 2, ETag: CopyPartResult!.ETag, ...sum(1) });
    const listed = await s3.send(new ListPartsCommand(at));
    expect(listed).toMatchObject({ ChecksumAlgorithm: name, ChecksumType: 'COMPOSITE' });
    expect(listed.Parts).toMatchObject([sum(0), sum(1), sum(2)]);
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    expect(Uploads).toMatchObject([{ Key, UploadId, ChecksumAlgorithm: name, ChecksumType: 'COMPOSITE' }]);
    const swapped = [{ ...Parts[0]!, ...sum(1) }, ...Parts.slice(1)];
    const refused = s3.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts: swapped } }));
    expect(await failure(refused)).toEqual({ status: 400, code: 'InvalidPart' });
    const value = `${await base64(name, Buffer.concat(sums))}-3`;
    const MultipartUpload = { Parts };
    const other = { [field(name)]: `${await base64(name, Buffer.from('other'))}-3` };
    const bad = s3.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload, ...other }));
    expect(await failure(bad)).toEqual({ status: 400, code: 'BadDigest' });
    const whole = { [field(name)]: value };
    const done = await s3.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload, ...whole }));
    expect(done).toMatchObject({ ...whole, ChecksumType: 'COMPOSITE' });
    expect(await head(Key)).toMatchObject({ ...whole, ChecksumType: 'COMPOSITE' });
    expect(await head(Key, { PartNumber: 2 })).toMatchObject({ ...sum(1), ContentLength: MIB });
    const ObjectAttributes = ['Checksum' as const, 'ObjectParts' as const];
    const told = await s3.send(new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes }));
    expect(told.Checksum).toEqual({ [field(name)]: value.replace('-3', ''), ChecksumType: 'COMPOSITE' });
    expect(told.ObjectParts?.Parts).toMatchObject([sum(0), sum(1), sum(2)]);
    expect((await cos.getObject({ ...AT, Key })).Body.equals(Buffer.concat(contents))).toBe(true);
    // One body has a checksum of its bytes, by the same algorithm.
    const { CopyObjectResult } = await copy(`${Key}/copy`, Key);
    const full = { [field(name)]: await base64(name, Buffer.concat(contents)), ChecksumType: 'FULL_OBJECT' };
    expect(CopyObjectResult).toMatchObject(full);
    expect(await head(`${Key}/copy`)).toMatchObject(full);
  });

  it.each(NAMES)('with %s cannot have one of the whole', async (name) => {
    const at = { Bucket, Key: 'whole' };
    const asked = { ChecksumAlgorithm: name, ChecksumType: 'FULL_OBJECT' as const };
    expect(await failure(s3.send(new CreateMultipartUploadCommand({ ...at, ...asked })))).toEqual({
      ...{ status: 400, code: 'InvalidRequest' },
    });
  });

  it('names the algorithm to a process that has not computed it yet, and refuses another one', async () => {
    const own = await startServerProcess();
    const client = s3Client(own, { requestChecksumCalculation: 'WHEN_REQUIRED' });
    try {
      await client.send(new CreateBucketCommand({ Bucket }));
      const { UploadId } = await client.send(
        new CreateMultipartUploadCommand({ Bucket, Key: 'k', ChecksumAlgorithm: 'XXHASH128' }),
      );
      // The request does not name it: the row of the upload does.
      const at = { Bucket, Key: 'k', UploadId };
      const part = await client.send(new UploadPartCommand({ ...at, PartNumber: 1, Body: 'abc' }));
      expect(part.ChecksumXXHASH128).toBe(await base64('XXHASH128', Buffer.from('abc')));
      const other = { ChecksumXXHASH3: await base64('XXHASH3', Buffer.from('abc')) };
      const refused = client.send(new UploadPartCommand({ ...at, PartNumber: 2, Body: 'abc', ...other }));
      expect(await failure(refused)).toEqual({ status: 400, code: 'InvalidRequest' });
      await client.send(new AbortMultipartUploadCommand(at));
    } finally {
      client.destroy();
      await own.remove();
    }
  });
});

describe('a copy', () => {
  const plain = () => cos.putObject({ ...AT, Key: 'plain', Body: 'text' });
  // CRC-64/NVME of "text", from its definition.
  const NVME = { ChecksumCRC64NVME: 'rCixvM1b9Xc=', ChecksumType: 'FULL_OBJECT' };

  it('of what has no checksum gets CRC64NVME', async () => {
    await plain();
    expect((await head('plain')).ChecksumType).toBeUndefined();
    const { CopyObjectResult } = await copy('gains', 'plain');
    expect(CopyObjectResult).toMatchObject(NVME);
    expect(await head('gains')).toMatchObject(NVME);
    expect((await cos.getObject({ ...AT, Key: 'gains' })).Body.toString()).toBe('text');
  });

  it.each(NAMES)('gets the %s that it asks for, and hands it on', async (name) => {
    await plain();
    const expected = { [field(name)]: await base64(name, Buffer.from('text')), ChecksumType: 'FULL_OBJECT' };
    await copy(`asks/${name}`, 'plain', { ChecksumAlgorithm: name });
    expect(await head(`asks/${name}`)).toMatchObject(expected);
    await copy(`next/${name}`, `asks/${name}`);
    expect(await head(`next/${name}`)).toMatchObject(expected);
  });

  it('onto itself needs a change that somebody asks for', async () => {
    await plain();
    expect(await failure(copy('plain', 'plain'))).toEqual({ status: 400, code: 'InvalidRequest' });
    await copy('plain', 'plain', { MetadataDirective: 'REPLACE', Metadata: { a: '1' } });
    expect(await head('plain')).toMatchObject({ ...NVME, Metadata: { a: '1' } });
  });

  it('by the protocol of COS keeps what there is and adds nothing', async () => {
    await plain();
    const of = (Key: string) => ({ ...AT, Key, CopySource: `${Bucket}.cos.${REGION}.myqcloud.com/plain` });
    await cos.putObjectCopy(of('native'));
    expect((await head('native')).ChecksumType).toBeUndefined();
    expect((await head('native')).ContentLength).toBe(4);
  });

  it('of many megabytes is streamed', async () => {
    const bytes = Buffer.alloc(12 * MIB, 'cosette');
    await cos.putObject({ ...AT, Key: 'big', Body: bytes });
    await copy('big/copy', 'big', { ChecksumAlgorithm: 'XXHASH64' });
    expect((await head('big/copy')).ChecksumXXHASH64).toBe(await base64('XXHASH64', bytes));
    const { CopyObjectResult } = await copy('big/default', 'big');
    expect(CopyObjectResult?.ChecksumCRC64NVME).toMatch(/^[A-Za-z0-9+/]{11}=$/);
  });
});
