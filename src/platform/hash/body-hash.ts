import { createHash } from 'node:crypto';
import { crc64 } from './crc64.ts';

export class BodyHash {
  #md5 = createHash('md5');
  #sha1;
  #crc = 0n;
  constructor(options: { sha1?: boolean } = {}) {
    this.#sha1 = options.sha1 ? createHash('sha1') : undefined;
  }
  update(chunk: Buffer): this {
    this.#md5.update(chunk);
    this.#sha1?.update(chunk);
    this.#crc = crc64(chunk, this.#crc);
    return this;
  }
  digest(): { md5: Buffer; crc64: bigint; sha1?: Buffer } {
    return { md5: this.#md5.digest(), crc64: this.#crc, ...(this.#sha1 ? { sha1: this.#sha1.digest() } : {}) };
  }
}
export function hashBody(buffer: Buffer, options: { sha1?: boolean } = {}) {
  return new BodyHash(options).update(buffer).digest();
}
