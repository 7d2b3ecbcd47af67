import crypto, { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BodyHash, hashBody } from './body-hash.ts';
import { crc64 } from './crc64.ts';

const of = (algorithm: string, bytes: Uint8Array): Buffer => createHash(algorithm).update(bytes).digest();
const bytes = fc.uint8Array({ maxLength: 300 });

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

describe('hashBody', () => {
  it('gives MD5 and CRC-64, and SHA-1 when asked', () => {
    fc.assert(
      fc.property(bytes, (body) => {
        const two = { md5: of('md5', body), crc64: crc64(body) };
        expect(hashBody(body)).toEqual(two);
        expect(hashBody(body, { sha1: false })).not.toHaveProperty('sha1');
        expect(hashBody(body, { sha1: true })).toEqual({ ...two, sha1: of('sha1', body) });
      }),
    );
  });

  it('knows the digests of nothing', () => {
    const { md5, crc64: crc } = hashBody(Buffer.alloc(0));
    expect(md5.toString('hex')).toBe('d41d8cd98f00b204e9800998ecf8427e');
    expect(crc).toBe(0n);
  });

  it('does without crypto.hash', async () => {
    const oneShot = crypto.hash;
    const expected = hashBody(Buffer.from('x'), { sha1: true });
    try {
      Object.assign(crypto, { hash: undefined });
      vi.resetModules();
      const fresh = await import('./body-hash.ts');
      expect(fresh.hashBody(Buffer.from('x'), { sha1: true })).toEqual(expected);
    } finally {
      Object.assign(crypto, { hash: oneShot });
    }
  });
});

describe('BodyHash', () => {
  it('equals hashBody of the pieces together', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), fc.boolean(), (pieces, sha1) => {
        const hash = new BodyHash({ sha1 });
        for (const piece of pieces) hash.update(piece);
        expect(hash.digest()).toEqual(hashBody(Buffer.concat(pieces), { sha1 }));
      }),
    );
  });

  it.each(['MD5', 'SHA1', 'SHA512'] as const)('gives the %s that is asked for as a checksum', (checksum) => {
    const body = Buffer.from('some bytes');
    const value = of(checksum.toLowerCase(), body);
    expect(hashBody(body, { checksum }).checksum).toEqual(value);
    const running = new BodyHash({ checksum }).update(body.subarray(0, 4)).update(body.subarray(4)).digest();
    expect(running).toEqual({ md5: of('md5', body), crc64: crc64(body), checksum: value });
  });
});
