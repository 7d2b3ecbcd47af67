import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveFromCustomerKey, openWithCustomerKey } from './customer.ts';
import type { CustomerEncryption } from './record.ts';

const key = randomBytes(32);
const salt = randomBytes(16);
function encryptionBy(ofKey: Buffer): CustomerEncryption {
  const { verifier } = deriveFromCustomerKey(ofKey, salt);
  return { mode: 'customer', keyMd5: createHash('md5').update(ofKey).digest('base64'), salt, verifier };
}

describe('openWithCustomerKey', () => {
  it('gives the data key to the right key', () => {
    expect(openWithCustomerKey(encryptionBy(key), key)).toEqual(deriveFromCustomerKey(key, salt).dataKey);
  });

  it('gives nothing to any other', () => {
    const encryption = encryptionBy(key);
    fc.assert(
      fc.property(fc.nat(255), (bit) => {
        const other = Buffer.from(key);
        other[bit >> 3]! ^= 1 << (bit & 7);
        expect(openWithCustomerKey(encryption, other)).toBeUndefined();
      }),
    );
    expect(openWithCustomerKey(encryption, Buffer.alloc(0))).toBeUndefined();
  });

  it('gives nothing when salt or verifier were changed', () => {
    const encryption = encryptionBy(key);
    expect(openWithCustomerKey({ ...encryption, salt: randomBytes(16) }, key)).toBeUndefined();
    for (const verifier of [Buffer.alloc(0), randomBytes(32), encryption.verifier.subarray(1)]) {
      expect(openWithCustomerKey({ ...encryption, verifier }, key)).toBeUndefined();
    }
  });

  it('keeps nothing of the keys and differs with the salt', () => {
    const { dataKey, verifier } = deriveFromCustomerKey(key, salt);
    const other = deriveFromCustomerKey(key, randomBytes(16));
    const all = [key, dataKey, verifier, other.dataKey, other.verifier].map((bytes) => bytes.toString('hex'));
    expect(new Set(all).size).toBe(5);
    expect([dataKey, verifier].map(({ length }) => length)).toEqual([32, 32]);
  });
});
