/** The chain of signatures over the chunks of a body and its trailer. Source: spec/s3.md §5.1. */
import { createHash, type Hash } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import { SHA256_OF_NOTHING, sha256 } from '../signature/hash.ts';
import type { ChunkChain } from '../signature/payload.ts';

export class ChunkSignatures {
  readonly #chain: ChunkChain;
  #hash: Hash | undefined;
  #previous: string;

  constructor(chain: ChunkChain) {
    this.#chain = chain;
    this.#previous = chain.seed;
  }

  /** Bytes of the chunk at hand. */
  update(bytes: Buffer): void {
    this.#hash ??= createHash('sha256');
    this.#hash.update(bytes);
  }

  /** @param claimed hex @throws CosError SignatureDoesNotMatch */
  endChunk(claimed: string): void {
    const digest = this.#hash?.digest('hex') ?? SHA256_OF_NOTHING;
    this.#hash = undefined;
    this.#require(`AWS4-HMAC-SHA256-PAYLOAD\n${this.#scope()}\n${SHA256_OF_NOTHING}\n${digest}`, claimed);
  }

  /** @param lines `name:value\n` of each @param claimed hex @throws CosError SignatureDoesNotMatch */
  endTrailer(lines: string, claimed: string): void {
    this.#require(`AWS4-HMAC-SHA256-TRAILER\n${this.#scope()}\n${sha256(lines)}`, claimed);
  }

  #scope(): string {
    return `${this.#chain.timestamp}\n${this.#chain.scope}\n${this.#previous}`;
  }

  #require(text: string, claimed: string): void {
    const signature = this.#chain.signingKey.hex(text, 'latin1');
    if (!sameText(signature, claimed)) {
      throw new CosError('SignatureDoesNotMatch', {
        elements: [
          ['StringToSign', text],
          ['SignatureProvided', claimed.slice(0, 256)],
        ],
        close: true,
      });
    }
    this.#previous = signature;
  }
}
