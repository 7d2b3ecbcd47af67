import { createDecipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentCipher, MAX_PIECE_BYTES, newNonce } from './cipher.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((a) => Buffer.from(a));
const nonces = bytes(12).map((random) => Buffer.concat([random, Buffer.alloc(4)]));

/** The cipher text, made of chunks that end at `cuts`. */
function encrypted(plain: Buffer, key: Buffer, nonce: Buffer, cuts: readonly number[] = []): Buffer {
  const stream = contentCipher(key).start(nonce, 0);
  const ends = [...cuts.map((cut) => cut % (plain.length + 1)), plain.length].sort((a, b) => a - b);
  let at = 0;
  const chunks = ends.map((end) => {
    const chunk = stream.update(plain.subarray(at, end));
    at = end;
    return chunk;
  });
  return Buffer.concat(chunks);
}

describe('contentCipher', () => {
  it('is AES-256-CTR as others know it (NIST SP 800-38A F.5.5, its counter moved to zero)', () => {
    const key = Buffer.from('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', 'hex');
    const plain = randomBytes(1000);
    const nonce = Buffer.from('f0f1f2f3f4f5f6f7f8f9fafb00000000', 'hex');
    const other = createDecipheriv('aes-256-ctr', key, nonce);
    expect(other.update(encrypted(plain, key, nonce))).toEqual(plain);
    // The vector's counter block f0…fb fcfdfeff is this position of the piece.
    const position = 0xfcfdfeff * 16;
    const block = Buffer.from('6bc1bee22e409f96e93d7e117393172a', 'hex');
    expect(contentCipher(key).start(nonce, position).update(block).toString('hex')).toBe(
      '601ec313775789a5b7a7f504bbf3d228',
    );
  });

  it('decrypts any window equal to the whole, however it was cut', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        bytes(32),
        nonces,
        fc.array(fc.nat(300), { maxLength: 5 }),
        fc.nat(300),
        fc.nat(300),
        (given, key, nonce, cuts, from, length) => {
          const plain = Buffer.from(given);
          const cipher = encrypted(plain, key, nonce, cuts);
          expect(cipher.length).toBe(plain.length);
          const start = from % (plain.length + 1);
          const window = cipher.subarray(start, start + length);
          const read = contentCipher(key).start(nonce, start).update(window);
          expect(read).toEqual(plain.subarray(start, start + length));
        },
      ),
    );
  });

  it('goes on in a block where it was left, far beyond 32 bits of bytes', () => {
    const key = randomBytes(32);
    const nonce = newNonce();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MAX_PIECE_BYTES - 200 }), fc.nat(100), (position, step) => {
        const plain = randomBytes(200);
        const whole = contentCipher(key).start(nonce, position).update(plain);
        const tail = contentCipher(key).start(nonce, position + step);
        expect(tail.update(whole.subarray(step))).toEqual(plain.subarray(step));
      }),
    );
  });

  it('leaves the given bytes alone', () => {
    const plain = Buffer.alloc(64);
    const cipher = contentCipher(randomBytes(32)).start(newNonce(), 0).update(plain);
    expect(plain).toEqual(Buffer.alloc(64));
    expect(cipher).not.toEqual(plain);
  });

  it('ends before the counter would reach the random bytes', () => {
    const cipher = contentCipher(randomBytes(32));
    const nonce = newNonce();
    const last = cipher.start(nonce, MAX_PIECE_BYTES - 3);
    expect(last.update(Buffer.alloc(3))).toHaveLength(3);
    expect(last.update(Buffer.alloc(0))).toHaveLength(0);
    expect(() => last.update(Buffer.alloc(1))).toThrow(RangeError);
    expect(() => cipher.start(nonce, MAX_PIECE_BYTES).update(Buffer.alloc(1))).toThrow(RangeError);
    for (const position of [-1, 0.5, Number.NaN, MAX_PIECE_BYTES + 1]) {
      expect(() => cipher.start(nonce, position)).toThrow(RangeError);
    }
  });

  it('refuses keys and nonces of another form', () => {
    expect(() => contentCipher(randomBytes(16))).toThrow(RangeError);
    const cipher = contentCipher(randomBytes(32));
    expect(() => cipher.start(Buffer.alloc(12), 0)).toThrow(RangeError);
    expect(() => cipher.start(Buffer.alloc(16, 1), 0)).toThrow(RangeError);
  });
});

describe('newNonce', () => {
  it('is new each time and leaves the counter its room', () => {
    const made = new Set(Array.from({ length: 100 }, () => newNonce().toString('hex')));
    expect(made.size).toBe(100);
    for (const nonce of made) expect(nonce).toMatch(/^[0-9a-f]{24}00000000$/);
  });
});
