/** Checksums through the operations: what is asked for is stored, shown, kept by copies and found again. Source: spec/s3.md §5.2. */
import { describe, expect, it } from 'vitest';
import type { SignedIdentity } from '../access/identity.ts';
import { CosError } from '../errors/cos-error.ts';
import type { RequestedAttributes } from '../model/admission.ts';
import type { CopySource } from '../model/copy.ts';
import { bodyOf, FIXTURE_BUCKET, openFixture } from '../model/fixture.ts';
import { type ExpectedChecksum, NO_DIGESTS } from '../model/ingest.ts';
import type { UploadChecksumRequest } from '../model/multipart/checksums.ts';
import { UNCONDITIONAL } from '../model/write-object.ts';
import { type ChecksumAlgorithm, checksumOf } from '../platform/hash/checksum.ts';
import { completeMultipartUpload } from './complete-multipart-upload.ts';
import { deleteMultipleObjects } from './delete-multiple-objects.ts';
import { deleteObject } from './delete-object.ts';
import { getObject, headObject, type ReadObjectInput } from './get-object.ts';
import { getObjectAttributes, OBJECT_ATTRIBUTES, type ObjectAttribute } from './get-object-attributes.ts';
import { initiateMultipartUpload } from './initiate-multipart-upload.ts';
import { listParts } from './list-parts.ts';
import type { BucketContext } from './operation.ts';
import { putObject } from './put-object.ts';
import { putObjectCopy } from './put-object-copy.ts';
import { S3_OPERATIONS } from './s3-registry.ts';
import { uploadPart } from './upload-part.ts';
import { uploadPartCopy } from './upload-part-copy.ts';

const OWNER: SignedIdentity = {
  ...{ kind: 'root', appid: '1250000000', ownerUin: '100000000001', uin: '100000000001' },
  ...{ name: '', secretId: 'id', policies: [] },
};
const ATTRIBUTES: RequestedAttributes = {
  ...{ headers: { contentType: 'text/plain' }, userMeta: [], storageClass: undefined, acl: 'default' },
};

async function open() {
  const fixture = await openFixture({ minPartBytes: 1 });
  const bucket = await fixture.bucket();
  const facts = { get: () => undefined };
  const { services } = fixture;
  const context = (): BucketContext => ({ services, bucket, identity: OWNER, facts, trace: {}, actions: [] });
  const put = (key: string, text: string, checksum?: ExpectedChecksum) =>
    putObject.run(context(), {
      ...{ key, body: bodyOf(text), attributes: ATTRIBUTES, conditions: UNCONDITIONAL, answer: undefined },
      digests: { ...NO_DIGESTS, checksum },
    });
  const reading = (key: string, asked: Partial<ReadObjectInput> = {}): ReadObjectInput => ({
    ...{ key, versionId: undefined, conditions: {}, range: undefined, rangeValidator: undefined },
    ...{ partNumber: undefined, customerKey: undefined },
    ...asked,
  });
  const get = async (key: string, asked?: Partial<ReadObjectInput>) => {
    const { body, ...rest } = await getObject.run(context(), reading(key, asked));
    if (body !== undefined && !Buffer.isBuffer(body)) await body.close();
    return rest;
  };
  const head = (key: string, asked?: Partial<ReadObjectInput>) => headObject.run(context(), reading(key, asked));
  const attributes = (
    key: string,
    names: readonly ObjectAttribute[] = OBJECT_ATTRIBUTES,
    marker = 0,
    maxParts = 1_000,
  ) =>
    getObjectAttributes.run(context(), {
      ...{ key, versionId: undefined, attributes: new Set(names), customerKey: undefined },
      ...{ partNumberMarker: marker, maxParts },
    });
  const source = (key: string): CopySource => ({
    ...{ bucket: FIXTURE_BUCKET, key, versionId: undefined, conditions: {}, customerKey: undefined },
  });
  const copy = (
    from: string,
    key: string,
    checksumAlgorithm?: ChecksumAlgorithm,
    defaultChecksum?: ChecksumAlgorithm,
  ) =>
    putObjectCopy.run(context(), {
      ...{ key, source: source(from), metadataDirective: 'copy', taggingDirective: 'copy', attributes: ATTRIBUTES },
      ...{ conditions: UNCONDITIONAL, checksumAlgorithm, defaultChecksum },
    });
  const initiate = (key: string, checksum?: UploadChecksumRequest) =>
    initiateMultipartUpload.run(context(), { key, attributes: ATTRIBUTES, forbidOverwrite: false, checksum });
  const part = (key: string, uploadId: string, partNumber: number, text: string, checksum?: ExpectedChecksum) =>
    uploadPart.run(context(), {
      ...{ key, uploadId, partNumber, body: bodyOf(text), customerKey: undefined },
      digests: { ...NO_DIGESTS, checksum },
    });
  const partCopy = (key: string, uploadId: string, partNumber: number, from: string) =>
    uploadPartCopy.run(context(), {
      ...{ key, uploadId, partNumber, source: source(from), range: { first: 1, last: 3 }, customerKey: undefined },
    });
  const complete = (key: string, uploadId: string, parts: readonly { readonly etag: string }[]) =>
    completeMultipartUpload.run(context(), {
      ...{ key, uploadId, parts: parts.map(({ etag }, at) => ({ partNumber: at + 1, etag })) },
      ...{ conditions: UNCONDITIONAL, answer: undefined },
    });
  return { context, put, get, head, attributes, copy, initiate, part, partCopy, complete };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
  return 'ok';
}

const sum = (algorithm: ChecksumAlgorithm, text: string) => checksumOf(algorithm, Buffer.from(text));
const full = (algorithm: ChecksumAlgorithm, text: string) => ({
  ...{ algorithm, type: 'FULL_OBJECT', value: sum(algorithm, text), parts: undefined },
});

describe('PutObject, GetObject and HeadObject', () => {
  it('show the checksum of the whole, and none beside a range', async () => {
    const { put, get, head } = await open();
    expect(await put('plain', 'text')).toMatchObject({ checksum: undefined });
    expect(await get('plain')).toMatchObject({ checksum: undefined, partsCount: undefined });
    const expected = full('SHA256', 'text');
    const announced = { algorithm: 'SHA256' as const, expected: expected.value };
    expect(await put('k', 'text', announced)).toMatchObject({ checksum: expected });
    expect(await codeOf(put('k', 'other', announced))).toBe('BadDigest');
    for (const read of [get, head]) {
      expect(await read('k')).toMatchObject({ checksum: expected, partsCount: undefined });
      expect(await read('k', { range: { first: 1, last: 2 } })).toMatchObject({ checksum: undefined });
      expect(await read('k', { partNumber: 1 })).toMatchObject({ checksum: expected, partsCount: undefined });
      expect(await read('k', { conditions: { ifNoneMatch: '*' } })).toMatchObject({
        ...{ outcome: 'not-modified', checksum: undefined },
      });
    }
  });

  it('call a missing part what they are told to', async () => {
    const { put, get, head } = await open();
    await put('k', 'text');
    await put('empty', '');
    for (const read of [get, head]) {
      expect(await codeOf(read('k', { partNumber: 2 }))).toBe('InvalidRange');
      expect(await codeOf(read('k', { partNumber: 2, missingPart: 'InvalidPart' }))).toBe('InvalidPart');
      expect(await codeOf(read('empty', { partNumber: 1 }))).toBe('InvalidRange');
      expect(await read('empty', { partNumber: 1, missingPart: 'InvalidPart' })).toMatchObject({ range: undefined });
    }
  });
});

describe('a copy', () => {
  it('keeps the checksum of one body, and computes what it is asked for', async () => {
    const { put, get, copy } = await open();
    await put('plain', 'text');
    expect(await copy('plain', 'c1')).toMatchObject({ checksum: undefined });
    expect(await copy('plain', 'c2', 'CRC64NVME')).toMatchObject({ checksum: full('CRC64NVME', 'text') });
    expect(await copy('c2', 'c3')).toMatchObject({ checksum: full('CRC64NVME', 'text') });
    expect(await copy('c2', 'c4', 'SHA1')).toMatchObject({ checksum: full('SHA1', 'text') });
    expect(await copy('c4', 'c5', 'SHA1')).toMatchObject({ checksum: full('SHA1', 'text') });
    for (const key of ['c3', 'c4', 'c5']) expect((await get(key)).checksum?.value).toBeInstanceOf(Buffer);
    // Onto itself it must change something: another checksum is a change.
    expect(await codeOf(copy('c5', 'c5'))).toBe('InvalidRequest');
    expect(await codeOf(copy('c5', 'c5', 'SHA1'))).toBe('InvalidRequest');
    expect(await copy('c5', 'c5', 'CRC32')).toMatchObject({ checksum: full('CRC32', 'text') });
  });

  it('gets the default where neither the request nor the source names one', async () => {
    const { put, get, copy } = await open();
    await put('plain', 'text');
    await put('summed', 'text', { algorithm: 'SHA1', expected: undefined });
    expect(await copy('plain', 'c1', undefined, 'CRC64NVME')).toMatchObject({ checksum: full('CRC64NVME', 'text') });
    expect((await get('c1')).checksum).toEqual(full('CRC64NVME', 'text'));
    expect(await copy('plain', 'c2', 'CRC32', 'CRC64NVME')).toMatchObject({ checksum: full('CRC32', 'text') });
    expect(await copy('summed', 'c3', undefined, 'CRC64NVME')).toMatchObject({ checksum: full('SHA1', 'text') });
    // What nobody asked for is no change.
    expect(await codeOf(copy('plain', 'plain', undefined, 'CRC64NVME'))).toBe('InvalidRequest');
  });

  it('of a composite one has the checksum of its bytes', async () => {
    const { initiate, part, complete, copy } = await open();
    const { uploadId } = await initiate('m', { algorithm: 'SHA256', type: undefined });
    const parts = [await part('m', uploadId, 1, 'one'), await part('m', uploadId, 2, 'two')];
    await complete('m', uploadId, parts);
    expect(await copy('m', 'c')).toMatchObject({ checksum: full('SHA256', 'onetwo') });
  });
});

describe('a multipart upload', () => {
  it('asks each part for its checksum, uploaded or copied, and shows all of them', async () => {
    const { context, put, initiate, part, partCopy, complete, get, head, attributes } = await open();
    await put('source', '-two-');
    const begun = await initiate('m', { algorithm: 'CRC32C', type: 'FULL_OBJECT' });
    const { uploadId } = begun;
    expect(begun.checksum).toEqual({ algorithm: 'CRC32C', type: 'FULL_OBJECT' });
    const wrong = { algorithm: 'CRC32' as const, expected: undefined };
    expect(await codeOf(part('m', uploadId, 1, 'one', wrong))).toBe('InvalidRequest');
    const announced = { algorithm: 'CRC32C' as const, expected: sum('CRC32C', 'one') };
    expect(await codeOf(part('m', uploadId, 1, 'eno', announced))).toBe('BadDigest');
    const parts = [await part('m', uploadId, 1, 'one', announced), await partCopy('m', uploadId, 2, 'source')];
    expect(parts.map(({ checksum }) => checksum?.value)).toEqual([sum('CRC32C', 'one'), sum('CRC32C', 'two')]);
    const listed = await listParts.run(context(), { key: 'm', uploadId, partNumberMarker: 0, maxParts: 10 });
    expect(listed.upload.checksum).toEqual({ algorithm: 'CRC32C', type: 'FULL_OBJECT' });
    expect(listed.parts.map(({ checksum }) => checksum?.value)).toEqual(parts.map(({ checksum }) => checksum?.value));
    const expected = full('CRC32C', 'onetwo');
    expect(await complete('m', uploadId, parts)).toMatchObject({ checksum: expected });
    for (const read of [get, head]) {
      expect(await read('m')).toMatchObject({ checksum: expected, partsCount: undefined });
      expect(await read('m', { partNumber: 2 })).toMatchObject({
        ...{ checksum: full('CRC32C', 'two'), partsCount: 2, range: { start: 3, length: 3 } },
      });
      expect(await codeOf(read('m', { partNumber: 3, missingPart: 'InvalidPart' }))).toBe('InvalidPart');
    }
    const { objectParts, ...others } = await attributes('m', undefined, 1, 1);
    expect(others).toMatchObject({ size: 6, storageClass: 'STANDARD', checksum: expected });
    expect(objectParts).toEqual({
      ...{ totalParts: 2, partNumberMarker: 1, nextPartNumberMarker: 2, maxParts: 1, truncated: false },
      parts: [{ partNumber: 2, size: 3, checksum: full('CRC32C', 'two') }],
    });
    expect((await attributes('m', undefined, 0, 1)).objectParts).toMatchObject({
      ...{ truncated: true, nextPartNumberMarker: 1 },
    });
    expect((await attributes('m', undefined, 0, 0)).objectParts).toMatchObject({
      ...{ truncated: true, nextPartNumberMarker: 0, parts: [] },
    });
  });

  it('refuses a type that the algorithm has not', async () => {
    const { initiate } = await open();
    expect(await codeOf(initiate('m', { algorithm: 'SHA1', type: 'FULL_OBJECT' }))).toBe('InvalidRequest');
  });
});

describe('GetObjectAttributes', () => {
  it('tells what it is asked for', async () => {
    const { put, attributes } = await open();
    await put('k', 'text', { algorithm: 'CRC32', expected: undefined });
    const all = await attributes('k');
    expect(all).toMatchObject({
      ...{ versionId: undefined, size: 4, storageClass: 'STANDARD', objectParts: undefined },
      ...{ etag: '1cb251ec0d568de6a929b520c4aed8d1', checksum: full('CRC32', 'text') },
    });
    expect(await attributes('k', ['ObjectSize'])).toEqual({
      ...{ versionId: undefined, modifiedMs: all.modifiedMs, size: 4 },
      ...{ etag: undefined, checksum: undefined, objectParts: undefined, storageClass: undefined },
    });
    expect(await codeOf(attributes('absent'))).toBe('NoSuchKey');
    expect(S3_OPERATIONS).toContain(getObjectAttributes);
  });
});

describe('deletes', () => {
  it('judge each target by its own conditions', async () => {
    const { context, put, get } = await open();
    for (const key of ['a', 'b', 'c']) await put(key, key);
    const target = { versionId: undefined };
    const { outcomes } = await deleteMultipleObjects.run(context(), {
      quiet: false,
      targets: [
        { key: 'a', ...target, ifMatchSize: 1 },
        { key: 'b', ...target, ifMatchSize: 2 },
        { key: 'absent', ...target, ifMatch: '*', absent: 'NoSuchKey' },
        { key: 'absent', ...target, ifMatch: '*', absent: 'succeed' },
      ],
    });
    expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, 'PreconditionFailed', 'NoSuchKey', undefined]);
    const remove = (ifMatchLastModifiedMs: number) =>
      deleteObject.run(context(), { key: 'c', versionId: undefined, ifMatchLastModifiedMs });
    expect(await codeOf(remove(0))).toBe('PreconditionFailed');
    expect(await codeOf(remove((await get('c')).object.record.modifiedMs))).toBe('ok');
    expect(await codeOf(get('c'))).toBe('NoSuchKey');
    expect(await codeOf(get('b'))).toBe('ok');
  });
});
