import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CosError } from '../errors/cos-error.ts';
import { contentCipher } from '../features/encryption/cipher.ts';
import { CHECKSUM_ALGORITHMS, checksumOf } from '../platform/hash/checksum.ts';
import type { Seal } from './admission.ts';
import type { BodyStream } from './body.ts';
import { openFixture } from './fixture.ts';
import { type ExpectedChecksum, ingest, NO_DIGESTS } from './ingest.ts';

/** A body that comes in pieces, and whose trailer is known only then. */
function bodyOf(content: Buffer, announced: boolean, ended: () => void = () => undefined): BodyStream {
  return {
    length: announced ? content.length : undefined,
    async readAll() {
      ended();
      return content;
    },
    async *chunks() {
      for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
      ended();
    },
  };
}

const SMALL = Buffer.from('123456789');
const LARGE = Buffer.alloc(2_500_001, 'some bytes ');
const EMPTY = Buffer.alloc(0);

async function take(content: Buffer, checksum: ExpectedChecksum, body?: BodyStream, seal?: Seal) {
  const { services } = await openFixture();
  const expected = { ...NO_DIGESTS, checksum };
  const given = body ?? bodyOf(content, true);
  try {
    return await ingest(services, given, 10_000_000, expected, seal);
  } catch (error) {
    expect((await services.store.blobs.usage()).liveBytes).toBe(0);
    if (error instanceof CosError) return error.code;
    throw error;
  }
}

describe('ingest with a checksum', () => {
  it.each(CHECKSUM_ALGORITHMS)('computes %s of bodies small, large and empty', async (algorithm) => {
    // Whatever has to be loaded for it, this loads.
    await take(EMPTY, { algorithm, expected: undefined });
    for (const content of [SMALL, LARGE, EMPTY]) {
      for (const announced of [true, false]) {
        const value = checksumOf(algorithm, content);
        const body = () => bodyOf(content, announced);
        expect(await take(content, { algorithm, expected: undefined }, body())).toMatchObject({
          size: content.length,
          md5: createHash('md5').update(content).digest('hex'),
          checksum: { algorithm, value },
        });
        expect(await take(content, { algorithm, expected: value }, body())).toMatchObject({ checksum: { value } });
        const wrong = Buffer.from(value);
        wrong[0]! ^= 1;
        expect(await take(content, { algorithm, expected: wrong }, body())).toBe('BadDigest');
        expect(await take(content, { algorithm, expected: value.subarray(1) }, body())).toBe('BadDigest');
      }
    }
  });

  it.each([SMALL, LARGE])('asks for a trailer only when the body has ended', async (content) => {
    for (const announced of [true, false]) {
      let over = false;
      const value = checksumOf('CRC32C', content);
      const trailer = () => (over ? value : Buffer.from('early'));
      const body = bodyOf(content, announced, () => {
        over = true;
      });
      expect(await take(content, { algorithm: 'CRC32C', expected: trailer }, body)).toMatchObject({
        checksum: { value },
      });
      expect(await take(content, { algorithm: 'CRC32C', expected: () => Buffer.alloc(4) })).toBe('BadDigest');
      expect(await take(content, { algorithm: 'CRC32C', expected: () => undefined })).toMatchObject({
        checksum: { value },
      });
    }
  });

  it('is of the content, not of what is stored of it', async () => {
    const seal = { cipher: contentCipher(Buffer.alloc(32, 7)), opaqueEtag: false };
    for (const content of [SMALL, LARGE]) {
      const value = checksumOf('SHA256', content);
      const checksum = { algorithm: 'SHA256' as const, expected: value };
      expect(await take(content, checksum, undefined, seal)).toMatchObject({ checksum: { value } });
    }
  });

  it('computes none when none is asked for', async () => {
    const { services } = await openFixture();
    const ingested = await ingest(services, bodyOf(SMALL, true), 100);
    expect(ingested.checksum).toBeUndefined();
  });
});
