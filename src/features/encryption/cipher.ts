/**
 * The bytes of encrypted objects: AES-256 in counter mode, so that any range is decrypted without what stands before it.
 * Source: spec/objects.md §5.
 *
 * A stored piece (single body, part, appended piece) has a nonce of its own: 12 random bytes, then four zero bytes that
 * are the room of the block counter. 2^32 blocks of 16 bytes are 64 GiB; no piece comes near (5 GiB), and `start` and
 * `update` refuse what would, so a counter never carries into the random bytes and two pieces of one data key never
 * share a block of key stream unless their random bytes are equal: with 10,000 pieces under one key, less than 10^-20.
 * A data key belongs to one object or one upload; bytes written anew need a new nonce, also when they replace others.
 *
 * Counter mode hides content and does not prove it genuine: damage is found by the checksums of store and object.
 */
import { createCipheriv, randomBytes as systemRandomBytes } from 'node:crypto';

export interface ContentCipher {
  /**
   * Encrypts or decrypts (it is the same) consecutive bytes of one piece.
   * @param nonce of the piece, from `newNonce`
   * @param position of the first byte within the piece, bytes
   * @throws RangeError for a nonce of another form or a position outside of what a nonce covers
   */
  start(nonce: Buffer, position: number): CipherStream;
}

export interface CipherStream {
  /** @returns new bytes, as many as given; `chunk` stays as it is @throws RangeError behind MAX_PIECE_BYTES */
  update(chunk: Buffer): Buffer;
}

export const DATA_KEY_BYTES = 32;
export const NONCE_BYTES = 16;
/** What one nonce covers, bytes. */
export const MAX_PIECE_BYTES = 2 ** 36;

const ALGORITHM = 'aes-256-ctr';
const BLOCK = 16;
const COUNTER_AT = 12;

/** A nonce for one piece. */
export function newNonce(randomBytes: (size: number) => Buffer = systemRandomBytes): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  randomBytes(COUNTER_AT).copy(nonce);
  return nonce;
}

/** @param dataKey 32 bytes, not changed afterwards @throws RangeError */
export function contentCipher(dataKey: Buffer): ContentCipher {
  if (dataKey.length !== DATA_KEY_BYTES) throw new RangeError('a data key has 32 bytes');
  return {
    start(nonce, position) {
      if (nonce.length !== NONCE_BYTES || nonce.readUInt32BE(COUNTER_AT) !== 0) {
        throw new RangeError('a nonce has 16 bytes, the last four of them zero');
      }
      if (!Number.isSafeInteger(position) || position < 0 || position > MAX_PIECE_BYTES) {
        throw new RangeError('the position is not within what a nonce covers');
      }
      let left = MAX_PIECE_BYTES - position;
      const counter = Buffer.from(nonce);
      // At the very end nothing can follow, whatever the counter is.
      counter.writeUInt32BE(Math.floor(position / BLOCK) % 2 ** 32, COUNTER_AT);
      const stream = createCipheriv(ALGORITHM, dataKey, counter);
      const skipped = position % BLOCK;
      if (skipped > 0) stream.update(Buffer.alloc(skipped));
      return {
        update(chunk) {
          if (chunk.length > left) throw new RangeError('a piece is longer than what its nonce covers');
          left -= chunk.length;
          return stream.update(chunk);
        },
      };
    },
  };
}
