import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../platform/clock.ts';
import { newNonce } from './cipher.ts';
import { setKmsKeyState } from './keyring-state.ts';
import { MemoryKeyring } from './local-keyring.ts';
import { type CustomerKey, type EncryptionRequest, packEncryption, unpackEncryption } from './record.ts';
import { checkCustomerKey, type KeyUse, MAX_CONTEXT, newEncryption, openEncryption } from './seal.ts';

const keyring = new MemoryKeyring({ clock: new ManualClock(1) });
const fails = (code: string) => expect.objectContaining({ code });

function customer(key: Buffer = randomBytes(32)): CustomerKey {
  return { key, keyMd5: createHash('md5').update(key).digest('base64') };
}

const own = customer();
const REQUESTS: readonly EncryptionRequest[] = [
  { mode: 'cos' },
  { mode: 'kms', keyId: undefined, context: undefined },
  { mode: 'kms', keyId: undefined, context: 'eyJhIjoiYiJ9' },
  { mode: 'customer', ...own },
];

describe('newEncryption', () => {
  it.each(REQUESTS)('reads back with its record what it wrote: %j', (request) => {
    const { encryption, cipher } = newEncryption(keyring, request);
    const stored = unpackEncryption(packEncryption(encryption));
    const nonce = newNonce();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (given, from) => {
        const plain = Buffer.from(given);
        const written = cipher.start(nonce, 0).update(plain);
        const key = request.mode === 'customer' ? own : undefined;
        const reader = openEncryption(keyring, stored, key, 'read').start(nonce, from);
        expect(reader.update(written.subarray(from))).toEqual(plain.subarray(from));
      }),
      { numRuns: 20 },
    );
  });

  it.each(REQUESTS)('takes another data key each time: %j', (request) => {
    const nonce = newNonce();
    const texts = [1, 2].map(() => newEncryption(keyring, request).cipher.start(nonce, 0).update(Buffer.alloc(32)));
    expect(texts[0]).not.toEqual(texts[1]);
  });

  it('keeps nothing of a customer key', () => {
    const { encryption } = newEncryption(keyring, { mode: 'customer', ...own });
    expect(encryption).toMatchObject({ mode: 'customer', keyMd5: own.keyMd5 });
    const kept = Buffer.concat(
      packEncryption(encryption)
        .slice(1)
        .map((field) => Buffer.from(field as Buffer | string)),
    );
    for (let at = 0; at + 8 <= own.key.length; at++) expect(kept.includes(own.key.subarray(at, at + 8))).toBe(false);
  });

  it('refuses what cannot be stored or used', () => {
    const short = { mode: 'customer', ...customer(randomBytes(16)) } as const;
    expect(() => newEncryption(keyring, short)).toThrow(fails('InvalidArgument'));
    const context = 'x'.repeat(MAX_CONTEXT + 1);
    const long = { mode: 'kms', keyId: undefined, context } as const;
    expect(() => newEncryption(keyring, long)).toThrow(fails('InvalidArgument'));
    expect(() => newEncryption(keyring, { mode: 'kms', keyId: 'none', context: undefined })).toThrow(
      fails('KmsKeyNotExist'),
    );
  });
});

describe('openEncryption', () => {
  const { encryption: ofCustomer } = newEncryption(keyring, { mode: 'customer', ...own });

  it.each<[KeyUse, string, string]>([
    ['read', 'InvalidRequest', 'AccessDenied'],
    ['copy-source', 'SsecDecryptHeaderInvalid', 'SsecDecryptHeaderInvalid'],
    ['part', 'SsecDecryptHeaderInvalid', 'SsecDecryptHeaderInvalid'],
  ])('for %s: %s without the customer key, %s with another', (use, missing, wrong) => {
    expect(() => openEncryption(keyring, ofCustomer, undefined, use)).toThrow(fails(missing));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (other) => {
        fc.pre(!own.key.equals(other));
        // The digest beside the key opens nothing.
        const given = { key: Buffer.from(other), keyMd5: own.keyMd5 };
        expect(() => openEncryption(keyring, ofCustomer, given, use)).toThrow(fails(wrong));
      }),
    );
    expect(openEncryption(keyring, ofCustomer, own, use)).toHaveProperty('start');
  });

  it.each<KeyUse>(['read', 'copy-source', 'part'])('for %s: refuses a customer key that is not needed', (use) => {
    for (const request of REQUESTS.slice(0, 3)) {
      const { encryption } = newEncryption(keyring, request);
      expect(() => openEncryption(keyring, encryption, own, use)).toThrow(fails('InvalidRequest'));
      expect(openEncryption(keyring, encryption, undefined, use)).toHaveProperty('start');
    }
    expect(() => openEncryption(keyring, undefined, own, use)).toThrow(fails('InvalidRequest'));
    expect(openEncryption(keyring, undefined, undefined, use)).toBeUndefined();
  });
});

describe('checkCustomerKey', () => {
  it('asks the key service nothing', () => {
    const { encryption } = newEncryption(keyring, { mode: 'kms', keyId: undefined, context: undefined });
    if (encryption.mode !== 'kms') throw new Error('not what was asked for');
    keyring.change((keys) => setKmsKeyState(keys, encryption.keyId, 'Disabled')!);
    expect(checkCustomerKey(encryption, undefined, 'read')).toBeUndefined();
    expect(() => openEncryption(keyring, encryption, undefined, 'read')).toThrow(fails('KmsKeyDisabled'));
    keyring.change((keys) => setKmsKeyState(keys, encryption.keyId, 'Enabled')!);
  });
});
