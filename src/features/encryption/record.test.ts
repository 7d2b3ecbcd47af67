import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { type Encryption, packEncryption, unpackEncryption } from './record.ts';

const packr = new Packr({ useRecords: false });
const bytes = fc.uint8Array({ maxLength: 64 }).map((a) => Buffer.from(a));
const text = fc.string({ maxLength: 40 });

const encryptions: fc.Arbitrary<Encryption> = fc.oneof(
  fc.record({ mode: fc.constant('cos' as const), masterKeyId: text, wrapped: bytes }),
  fc.record({
    mode: fc.constant('kms' as const),
    keyId: text,
    keyVersion: fc.integer({ min: 1, max: 1000 }),
    context: fc.option(text, { nil: undefined }),
    wrapped: bytes,
  }),
  fc.record({ mode: fc.constant('customer' as const), keyMd5: text, salt: bytes, verifier: bytes }),
);

describe('packEncryption', () => {
  it('comes back through MessagePack as it was', () => {
    fc.assert(
      fc.property(encryptions, (encryption) => {
        const stored = packr.pack(packEncryption(encryption)) as Buffer;
        expect(unpackEncryption(packr.unpack(stored) as unknown[])).toEqual(encryption);
      }),
    );
  });

  it('does not guess what it does not know', () => {
    expect(() => unpackEncryption([9, 'x'])).toThrow('mode 9');
    expect(() => unpackEncryption([])).toThrow('not known');
  });
});
