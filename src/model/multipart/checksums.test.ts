import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, checksumOf, isCrc } from '../../platform/hash/checksum.ts';
import { bodyOf, type Fixture, openFixture, PLAIN } from '../fixture.ts';
import { type ExpectedDigests, ingest, NO_DIGESTS } from '../ingest.ts';
import { readObject } from '../read-object.ts';
import type { UploadChecksum } from '../records/checksum.ts';
import { UNCONDITIONAL } from '../write-object.ts';
import { admitUploadChecksum, digestsOfPart, joinChecksums, shownChecksum } from './checksums.ts';
import { type CompletedPart, type CompleteOptions, completeUpload } from './complete.ts';
import { listObjectParts, partChecksum } from './object-parts.ts';
import { initiateUpload, listParts, loadUpload, putPart } from './upload.ts';

const KEY = 'big';

async function codeOf(call: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof call === 'function' ? call() : call);
  } catch (error) {
    if (error instanceof CosError) return error.code;
    throw error;
  }
  return 'ok';
}

/** An upload under way with parts `1 … contents.length`, or with the numbers given. */
async function start(
  fixture: Fixture,
  checksum: UploadChecksum | undefined,
  contents: readonly string[],
  numbers: readonly number[] = contents.map((_, at) => at + 1),
  announced: ExpectedDigests = NO_DIGESTS,
) {
  const { services } = fixture;
  const bucket = await fixture.bucket();
  const bucketId = bucket.record.id;
  const uploadId = await initiateUpload(services, bucket, KEY, PLAIN, '1', false, checksum);
  const listed: CompletedPart[] = [];
  for (const [at, content] of contents.entries()) {
    const upload = await loadUpload(services, bucketId, KEY, uploadId);
    const digests = digestsOfPart(upload.record.checksum, announced);
    const body = await ingest(services, bodyOf(content), 1_000_000, digests);
    const part = await putPart(services, bucketId, KEY, uploadId, numbers[at]!, body);
    listed.push({ partNumber: numbers[at]!, etag: part.etag, checksum: part.checksum });
  }
  const complete = (parts: readonly CompletedPart[] = listed, options: CompleteOptions = {}) =>
    completeUpload(services, bucket, KEY, uploadId, parts, UNCONDITIONAL, options);
  const object = () => readObject(services, bucket, KEY, undefined);
  return { services, bucketId, uploadId, listed, complete, object };
}

const CONTENTS = ['one', 'two, longer', 'three'];
const WHOLE = Buffer.from(CONTENTS.join(''));
const composite = (algorithm: ChecksumAlgorithm, contents: readonly string[] = CONTENTS): Buffer =>
  checksumOf(algorithm, Buffer.concat(contents.map((text) => checksumOf(algorithm, Buffer.from(text)))));

describe('admitUploadChecksum', () => {
  it.each([
    ['CRC32', undefined, 'COMPOSITE'],
    ['CRC32C', undefined, 'COMPOSITE'],
    ['SHA1', undefined, 'COMPOSITE'],
    ['SHA256', undefined, 'COMPOSITE'],
    ['CRC64NVME', undefined, 'FULL_OBJECT'],
    ['CRC32', 'FULL_OBJECT', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT', 'FULL_OBJECT'],
    ['SHA256', 'COMPOSITE', 'COMPOSITE'],
    ['CRC64NVME', 'COMPOSITE', 'InvalidRequest'],
    ['SHA1', 'FULL_OBJECT', 'InvalidRequest'],
    ['SHA256', 'FULL_OBJECT', 'InvalidRequest'],
    ...(['MD5', 'SHA512', 'XXHASH64', 'XXHASH3', 'XXHASH128'] as const).flatMap(
      (name) =>
        [
          [name, undefined, 'COMPOSITE'],
          [name, 'COMPOSITE', 'COMPOSITE'],
          [name, 'FULL_OBJECT', 'InvalidRequest'],
        ] as const,
    ),
  ] as const)('%s asked for as %s is %s', async (algorithm, type, outcome) => {
    const admit = () => admitUploadChecksum({ algorithm, type });
    if (outcome === 'InvalidRequest') expect(await codeOf(admit)).toBe(outcome);
    else expect(admit()).toEqual({ algorithm, type: outcome });
  });
});

describe('digestsOfPart', () => {
  it('wants what the upload wants, and refuses another algorithm', async () => {
    const crc32: UploadChecksum = { algorithm: 'CRC32', type: 'COMPOSITE' };
    expect(digestsOfPart(undefined, NO_DIGESTS)).toBe(NO_DIGESTS);
    expect(digestsOfPart(crc32, NO_DIGESTS).checksum).toEqual({ algorithm: 'CRC32', expected: undefined });
    const announced = { ...NO_DIGESTS, checksum: { algorithm: 'CRC32' as const, expected: Buffer.alloc(4) } };
    expect(digestsOfPart(crc32, announced)).toBe(announced);
    const other = { ...NO_DIGESTS, checksum: { algorithm: 'SHA1' as const, expected: undefined } };
    expect(await codeOf(() => digestsOfPart(crc32, other))).toBe('InvalidRequest');
    expect(digestsOfPart(undefined, other)).toBe(other);
  });
});

describe('joinChecksums', () => {
  it('is that of the whole for CRCs, however it is cut', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CHECKSUM_ALGORITHMS.filter(isCrc)), pieces, async (algorithm, cut) => {
        const parts = cut.map((bytes) => ({
          size: bytes.length,
          checksum: { algorithm, value: checksumOf(algorithm, bytes) },
        }));
        const { value } = (await joinChecksums({ algorithm, type: 'FULL_OBJECT' }, parts))!;
        expect(value).toEqual(checksumOf(algorithm, Buffer.concat(cut)));
      }),
    );
  });

  it('gives none where a part has none, or one of another kind', async () => {
    const part = { size: 1, checksum: { algorithm: 'CRC32' as const, value: Buffer.alloc(4) } };
    expect(await joinChecksums({ algorithm: 'CRC32', type: 'FULL_OBJECT' }, [part, { size: 1 }])).toBeUndefined();
    expect(await joinChecksums({ algorithm: 'CRC32C', type: 'COMPOSITE' }, [part])).toBeUndefined();
  });
});

describe('a multipart upload with a checksum', () => {
  it.each([
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'FULL_OBJECT'],
    ['CRC64NVME', 'FULL_OBJECT'],
    ['CRC32', 'COMPOSITE'],
    ['CRC32C', 'COMPOSITE'],
    ['SHA1', 'COMPOSITE'],
    ['SHA256', 'COMPOSITE'],
    ['MD5', 'COMPOSITE'],
    ['SHA512', 'COMPOSITE'],
    ['XXHASH64', 'COMPOSITE'],
    ['XXHASH3', 'COMPOSITE'],
    ['XXHASH128', 'COMPOSITE'],
  ] as const)('%s %s: parts, the whole, the object and its parts', async (algorithm, type) => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const upload = await start(fixture, { algorithm, type }, CONTENTS);
    const ofParts = CONTENTS.map((text) => checksumOf(algorithm, Buffer.from(text)));
    expect(upload.listed.map(({ checksum }) => checksum?.value)).toEqual(ofParts);
    const { parts } = await listParts(upload.services, upload.bucketId, upload.uploadId, 0, 10);
    expect(parts.map(({ checksum }) => checksum?.value)).toEqual(ofParts);
    const value = type === 'COMPOSITE' ? composite(algorithm) : checksumOf(algorithm, WHOLE);
    const expected = { algorithm, type, value, parts: type === 'COMPOSITE' ? 3 : undefined };
    const done = await upload.complete();
    expect(done.checksum).toEqual(expected);
    const object = await upload.object();
    expect(shownChecksum(object.record)).toEqual(expected);
    const page = await listObjectParts(upload.services, upload.bucketId, object, 0, 1_000);
    expect(page).toEqual({
      parts: CONTENTS.map((text, at) => ({
        partNumber: at + 1,
        size: text.length,
        checksum: { algorithm, type, value: ofParts[at], parts: undefined },
      })),
      truncated: false,
    });
    for (const [at, part] of ofParts.entries()) {
      const found = await partChecksum(upload.services, upload.bucketId, object, at + 1);
      expect(found?.value).toEqual(part);
    }
    expect(await upload.complete()).toMatchObject({ etag: done.etag, checksum: expected });
  });

  it('knows the composite of s3-tests', async () => {
    const fixture = await openFixture();
    const upload = await start(fixture, { algorithm: 'SHA256', type: 'COMPOSITE' }, ['A'.repeat(1024)]);
    expect(upload.listed[0]?.checksum?.value.toString('base64')).toBe('arcu6553sHVAiX4MjW0j7I7vD4w6R+Gz9Ok0Q9lTa+0=');
    const { checksum } = await upload.complete();
    expect(checksum?.value.toString('base64')).toBe('Ok6Cs5b96ux6+MWQkJO7UBT5sKPBeXBLwvj/hK89smg=');
    expect(checksum?.parts).toBe(1);
    const object = await upload.object();
    const part = await partChecksum(upload.services, upload.bucketId, object, 1);
    expect(part?.value).toEqual(upload.listed[0]?.checksum?.value);
  });

  it('judges what the Complete lists', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const upload = await start(fixture, { algorithm: 'SHA256', type: 'COMPOSITE' }, CONTENTS);
    const value = composite('SHA256');
    const [first, ...others] = upload.listed;
    const wrong = { ...first!, checksum: { algorithm: 'SHA256' as const, value: Buffer.alloc(32) } };
    expect(await codeOf(upload.complete([wrong, ...others]))).toBe('InvalidPart');
    const other = { ...first!, checksum: { algorithm: 'CRC32' as const, value: Buffer.alloc(4) } };
    expect(await codeOf(upload.complete([other, ...others]))).toBe('InvalidRequest');
    const whole = (changes: object) => upload.complete(undefined, { whole: changes });
    const checksum = { algorithm: 'SHA256', value, parts: 3 };
    expect(await codeOf(whole({ checksum: { ...checksum, value: Buffer.alloc(32) } }))).toBe('BadDigest');
    expect(await codeOf(whole({ checksum: { ...checksum, value: Buffer.alloc(0) } }))).toBe('BadDigest');
    expect(await codeOf(whole({ checksum: { ...checksum, parts: 2 } }))).toBe('BadDigest');
    expect(await codeOf(whole({ checksum: { ...checksum, algorithm: 'SHA1' } }))).toBe('InvalidRequest');
    expect(await codeOf(whole({ checksumType: 'FULL_OBJECT' }))).toBe('InvalidRequest');
    expect(await codeOf(whole({ size: WHOLE.length + 1 }))).toBe('InvalidRequest');
    expect(await codeOf(whole({ checksum, checksumType: 'COMPOSITE', size: WHOLE.length }))).toBe('ok');
    // Repeated, it is judged by the same.
    expect(await codeOf(whole({ checksum }))).toBe('ok');
    expect(await codeOf(whole({ checksum: { ...checksum, value: Buffer.alloc(32) } }))).toBe('BadDigest');
  });

  it('takes a list without checksums', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const upload = await start(fixture, { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' }, CONTENTS);
    const bare = upload.listed.map(({ partNumber, etag }) => ({ partNumber, etag }));
    const { checksum } = await upload.complete(bare);
    expect(checksum?.value).toEqual(checksumOf('CRC64NVME', WHOLE));
  });
});

describe('a multipart upload without one', () => {
  it('keeps what its parts bring, and has no checksum of the whole', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const announced = { ...NO_DIGESTS, checksum: { algorithm: 'CRC32' as const, expected: undefined } };
    const upload = await start(fixture, undefined, CONTENTS, undefined, announced);
    expect(upload.listed[0]?.checksum?.value).toEqual(checksumOf('CRC32', Buffer.from('one')));
    const [first, ...others] = upload.listed;
    const wrong = { ...first!, checksum: { algorithm: 'CRC32' as const, value: Buffer.alloc(4) } };
    expect(await codeOf(upload.complete([wrong, ...others]))).toBe('InvalidPart');
    const checksum = { algorithm: 'CRC32' as const, value: checksumOf('CRC32', WHOLE) };
    expect(await codeOf(upload.complete(undefined, { whole: { checksum } }))).toBe('InvalidRequest');
    expect(await codeOf(upload.complete(undefined, { whole: { checksumType: 'COMPOSITE' } }))).toBe('InvalidRequest');
    const done = await upload.complete();
    expect(done.checksum).toBeUndefined();
    const object = await upload.object();
    expect(shownChecksum(object.record)).toBeUndefined();
    const { parts } = await listObjectParts(upload.services, upload.bucketId, object, 0, 10);
    expect(parts.map(({ size, checksum: sum }) => [size, sum])).toEqual(
      CONTENTS.map((text) => [text.length, undefined]),
    );
  });
});

describe('part numbers', () => {
  it('may leave some out where gaps are allowed', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const upload = await start(fixture, undefined, CONTENTS, [2, 7, 9_999]);
    expect(await codeOf(upload.complete())).toBe('InvalidPart');
    expect(await codeOf(upload.complete(undefined, { gaps: 'refuse' }))).toBe('InvalidPart');
    const [two, seven] = upload.listed;
    expect(await codeOf(upload.complete([seven!, two!], { gaps: 'allow' }))).toBe('InvalidPartOrder');
    expect(await codeOf(upload.complete([{ ...two!, partNumber: 3 }], { gaps: 'allow' }))).toBe('InvalidPart');
    const { etag } = await upload.complete(undefined, { gaps: 'allow' });
    const md5s = CONTENTS.map((text) => createHash('md5').update(text).digest());
    expect(etag).toBe(`${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-3`);
    const page = await listObjectParts(upload.services, upload.bucketId, await upload.object(), 0, 10);
    expect(page.parts.map(({ partNumber }) => partNumber)).toEqual([1, 2, 3]);
  });
});

describe('listObjectParts', () => {
  it.each(['SHA512', 'XXHASH128'] as const)('pages across rows of extents with %s', async (algorithm) => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const contents = Array.from({ length: 1_000 }, (_, at) => (at === 999 ? '' : `${at};`));
    const upload = await start(fixture, { algorithm, type: 'COMPOSITE' }, contents);
    await upload.complete();
    const object = await upload.object();
    expect(object.record.manifest?.starts).toHaveLength(algorithm === 'SHA512' ? 3 : 2);
    const { parts } = await listObjectParts(upload.services, upload.bucketId, object, 0, 1_000);
    const sums = contents.map((text) => checksumOf(algorithm, Buffer.from(text)));
    expect(parts.map(({ checksum }) => checksum?.value)).toEqual(sums);
    expect(shownChecksum(object.record)?.value).toEqual(checksumOf(algorithm, Buffer.concat(sums)));
  });

  it('pages across rows of extents, and knows an empty last part', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const contents = Array.from({ length: 1_203 }, (_, at) => (at === 1_202 ? '' : `${at};`));
    const upload = await start(fixture, { algorithm: 'SHA1', type: 'COMPOSITE' }, contents);
    await upload.complete();
    const object = await upload.object();
    expect(object.record.manifest?.starts).toHaveLength(3);
    const seen: unknown[] = [];
    for (let after = 0, truncated = true; truncated; ) {
      const page = await listObjectParts(upload.services, upload.bucketId, object, after, 250);
      seen.push(...page.parts.map(({ partNumber, size, checksum }) => [partNumber, size, checksum?.value]));
      after += page.parts.length;
      truncated = page.truncated;
    }
    expect(seen).toEqual(contents.map((text, at) => [at + 1, text.length, checksumOf('SHA1', Buffer.from(text))]));
    const behind = await listObjectParts(upload.services, upload.bucketId, object, 1_203, 10);
    expect(behind).toEqual({ parts: [], truncated: false });
    const none = await listObjectParts(upload.services, upload.bucketId, object, 5, 0);
    expect(none).toEqual({ parts: [], truncated: true });
  });
});

describe('10,000 sealed parts with SHA-256', () => {
  it('are more than one commit holds: the whole keeps its checksum, the parts lose theirs', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const upload = await start(fixture, { algorithm: 'SHA256', type: 'COMPOSITE' }, []);
    const listed: CompletedPart[] = [];
    const digests = digestsOfPart({ algorithm: 'SHA256', type: 'COMPOSITE' }, NO_DIGESTS);
    for (let partNumber = 1; partNumber <= 10_000; partNumber++) {
      const body = await ingest(upload.services, bodyOf('x'), 10, digests);
      const sealed = { ...body, nonce: Buffer.alloc(16, 1) };
      const { etag } = await putPart(upload.services, upload.bucketId, KEY, upload.uploadId, partNumber, sealed);
      listed.push({ partNumber, etag });
    }
    const { checksum } = await upload.complete(listed);
    const x = checksumOf('SHA256', Buffer.from('x'));
    expect(checksum?.value).toEqual(checksumOf('SHA256', Buffer.concat(listed.map(() => x))));
    const object = await upload.object();
    expect(await partChecksum(upload.services, upload.bucketId, object, 10_000)).toBeUndefined();
    const { parts } = await listObjectParts(upload.services, upload.bucketId, object, 9_998, 1_000);
    expect(parts.map(({ partNumber, size }) => [partNumber, size])).toEqual([
      [9_999, 1],
      [10_000, 1],
    ]);
  }, 60_000);
});
