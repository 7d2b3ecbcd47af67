import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CosError } from '../../errors/cos-error.ts';
import { crc64 } from '../../platform/hash/crc64.ts';
import type { Commit } from '../../store/meta-store.ts';
import { openContent } from '../content.ts';
import { runDeletions } from '../deletions.ts';
import { bodyOf, type Fixture, openFixture, PLAIN } from '../fixture.ts';
import { ingest } from '../ingest.ts';
import { readObject } from '../read-object.ts';
import { UNCONDITIONAL } from '../write-object.ts';
import { type CompletedPart, completeUpload } from './complete.ts';
import { abortUpload, initiateUpload, listParts, putPart } from './upload.ts';

const KEY = 'big';
const md5 = (data: Buffer | string): string => createHash('md5').update(data).digest('hex');

async function start(fixture: Fixture): Promise<string> {
  return initiateUpload(fixture.services, await fixture.bucket(), KEY, PLAIN, '1', false);
}

async function part(fixture: Fixture, uploadId: string, partNumber: number, content: string): Promise<CompletedPart> {
  const { services } = fixture;
  const bucketId = (await fixture.bucket()).record.id;
  const body = await ingest(services, bodyOf(content), 1_000_000);
  const { etag } = await putPart(services, bucketId, KEY, uploadId, partNumber, body);
  return { partNumber, etag };
}

async function complete(fixture: Fixture, uploadId: string, parts: readonly CompletedPart[]) {
  return completeUpload(fixture.services, await fixture.bucket(), KEY, uploadId, parts, UNCONDITIONAL);
}

async function content(fixture: Fixture): Promise<Buffer> {
  const bucket = await fixture.bucket();
  const found = await readObject(fixture.services, bucket, KEY, undefined);
  const opened = await openContent(fixture.services, bucket.record.id, found);
  const target = Buffer.alloc(opened.size);
  await opened.read(0, target);
  await opened.close();
  return target;
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

describe('completeUpload', () => {
  it('answers alike when an equal Complete ends while it begins', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const uploadId = await start(fixture);
    const parts = [await part(fixture, uploadId, 1, 'one'), await part(fixture, uploadId, 2, 'two')];
    const { store } = fixture.services;
    let first: Promise<unknown> | undefined;
    const slow = {
      ...fixture.services,
      store: {
        ...store,
        meta: {
          ...store.meta,
          commit: async (change: Commit) => {
            first ??= complete(fixture, uploadId, parts);
            await first;
            return store.meta.commit(change);
          },
        },
      },
    };
    const bucket = await fixture.bucket();
    const { etag } = await completeUpload(slow, bucket, KEY, uploadId, parts, UNCONDITIONAL);
    expect(await first).toMatchObject({ etag });
    const other = completeUpload(slow, bucket, KEY, uploadId, parts.slice(0, 1), UNCONDITIONAL);
    expect(await codeOf(other)).toBe('NoSuchUpload');
  });

  it('joins 10,000 parts without copying: size, ETag, CRC, any range, and the space of the parts', async () => {
    const fixture = await openFixture({ minPartBytes: 1 });
    const uploadId = await start(fixture);
    const texts = Array.from({ length: 10_000 }, (_, index) => `part ${index};`);
    const parts: CompletedPart[] = [];
    for (const [index, text] of texts.entries()) parts.push(await part(fixture, uploadId, index + 1, text));
    const before = (await fixture.services.store.blobs.usage()).liveBytes;
    const done = await complete(fixture, uploadId, parts);
    const whole = Buffer.from(texts.join(''));
    expect(done.etag).toBe(`${md5(Buffer.concat(texts.map((text) => Buffer.from(md5(text), 'hex'))))}-10000`);
    expect(done.crc64!.readBigUInt64BE(0)).toBe(crc64(whole));
    expect((await content(fixture)).equals(whole)).toBe(true);
    await runDeletions(fixture.services, Number.POSITIVE_INFINITY);
    expect((await fixture.services.store.blobs.usage()).liveBytes).toBe(before);
    const bucketId = (await fixture.bucket()).record.id;
    expect((await listParts(fixture.services, bucketId, uploadId, 0, 10)).parts).toEqual([]);
    expect((await content(fixture)).equals(whole)).toBe(true);
  }, 60_000);

  it('judges the list before it changes anything', async () => {
    const fixture = await openFixture({ minPartBytes: 3 });
    const uploadId = await start(fixture);
    const one = await part(fixture, uploadId, 1, 'one');
    const two = await part(fixture, uploadId, 2, '2');
    const three = await part(fixture, uploadId, 3, 'three');
    expect(await codeOf(complete(fixture, uploadId, [two, one]))).toBe('InvalidPartOrder');
    expect(await codeOf(complete(fixture, uploadId, [one, one]))).toBe('InvalidPartOrder');
    expect(await codeOf(complete(fixture, uploadId, [one, three]))).toBe('InvalidPart');
    expect(await codeOf(complete(fixture, uploadId, [two]))).toBe('InvalidPart');
    expect(await codeOf(complete(fixture, uploadId, [{ partNumber: 1, etag: two.etag }]))).toBe('InvalidPart');
    expect(await codeOf(complete(fixture, uploadId, [one, two, three]))).toBe('EntityTooSmall');
    expect(await codeOf(complete(fixture, `${uploadId}0`, [one]))).toBe('NoSuchUpload');
    expect(await codeOf(complete(fixture, uploadId, [one, { ...two, etag: two.etag.toUpperCase() }]))).toBe('ok');
    expect((await content(fixture)).toString()).toBe('one2');
  });

  it('answers a repeated Complete the same for a while, then NoSuchUpload', async () => {
    const fixture = await openFixture();
    const uploadId = await start(fixture);
    const parts = [await part(fixture, uploadId, 1, 'only')];
    const first = await complete(fixture, uploadId, parts);
    expect(await complete(fixture, uploadId, parts)).toMatchObject({ etag: first.etag });
    expect(await codeOf(complete(fixture, uploadId, [{ partNumber: 1, etag: md5('other') }]))).toBe('NoSuchUpload');
    fixture.clock.advance(11 * 60_000);
    expect(await codeOf(complete(fixture, uploadId, parts))).toBe('NoSuchUpload');
  });

  it('lets exactly one of Complete, Complete and Abort win', async () => {
    for (let round = 0; round < 20; round++) {
      const fixture = await openFixture();
      const bucketId = (await fixture.bucket()).record.id;
      const uploadId = await start(fixture);
      const parts = [await part(fixture, uploadId, 1, 'only')];
      const outcomes = await Promise.all([
        codeOf(complete(fixture, uploadId, parts)),
        codeOf(abortUpload(fixture.services, bucketId, KEY, uploadId)),
        codeOf(part(fixture, uploadId, 1, 'late')),
      ]);
      const [completed, aborted] = outcomes;
      expect(
        [completed, aborted].filter((code) => code === 'ok'),
        outcomes.join(),
      ).toHaveLength(1);
      await runDeletions(fixture.services, Number.POSITIVE_INFINITY);
      const { liveBytes } = await fixture.services.store.blobs.usage();
      expect(liveBytes).toBe(completed === 'ok' ? 4 : 0);
    }
  });

  it('keeps the upload usable after an error', async () => {
    const fixture = await openFixture();
    const uploadId = await start(fixture);
    const one = await part(fixture, uploadId, 1, 'one');
    expect(await codeOf(complete(fixture, uploadId, [{ ...one, etag: md5('x') }]))).toBe('InvalidPart');
    const again = await part(fixture, uploadId, 1, 'two');
    expect(await codeOf(complete(fixture, uploadId, [again]))).toBe('ok');
    expect((await content(fixture)).toString()).toBe('two');
  });
});
