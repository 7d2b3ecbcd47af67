/**
 * HMACs of many short texts under one key: what signatures are checked with. The one-shot hash of Node makes no stream
 * for each of them. Source: RFC 2104.
 */
import crypto, { createHmac } from 'node:crypto';

export type MacAlgorithm = 'sha1' | 'sha256';

/** Of both algorithms, bytes. */
const BLOCK = 64;
const DIGEST: Readonly<Record<MacAlgorithm, number>> = { sha1: 20, sha256: 32 };

/** Node has it from 20.12 on. */
const oneShot = crypto.hash as typeof crypto.hash | undefined;

/** The key's inner block and the text behind it; longer texts go through a stream. */
const inner = Buffer.alloc(1_024);
const MOST_BYTES = inner.length - BLOCK;

export class Mac {
  readonly #algorithm: MacAlgorithm;
  readonly #key: Buffer;
  readonly #innerBlock = Buffer.alloc(BLOCK, 0x36);
  /** The key's outer block and place for the inner digest. */
  readonly #outer: Buffer;

  /** @param key text counts as its UTF-8 */
  constructor(algorithm: MacAlgorithm, key: Buffer | string) {
    const bytes = typeof key === 'string' ? Buffer.from(key) : key;
    this.#algorithm = algorithm;
    this.#key = bytes;
    this.#outer = Buffer.alloc(BLOCK + DIGEST[algorithm], 0x5c);
    const block = bytes.length > BLOCK ? crypto.createHash(algorithm).update(bytes).digest() : bytes;
    for (let i = 0; i < block.length; i++) {
      this.#innerBlock[i]! ^= block[i]!;
      this.#outer[i]! ^= block[i]!;
    }
  }

  /** @returns lower-case hex */
  hex(text: string, encoding: 'latin1' | 'utf8'): string {
    const algorithm = this.#algorithm;
    const mostBytes = encoding === 'latin1' ? text.length : text.length * 3;
    if (oneShot === undefined || mostBytes > MOST_BYTES) {
      return createHmac(algorithm, this.#key).update(text, encoding).digest('hex');
    }
    inner.set(this.#innerBlock);
    const end = BLOCK + inner.write(text, BLOCK, encoding);
    const outer = this.#outer;
    outer.write(oneShot(algorithm, inner.subarray(0, end), 'hex'), BLOCK, 'hex');
    return oneShot(algorithm, outer, 'hex');
  }
}
