/** A body whose SHA-256 was signed. Source: spec/s3.md §5.1. */
import { createHash } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import type { BodySource } from '../../http/types.ts';
import { sha256 } from '../signature/hash.ts';
import type { S3Body } from './body-of.ts';

export class HashedBody implements S3Body {
  readonly #sent: BodySource;
  readonly #hex: string;

  /** @param hex lower case */
  constructor(sent: BodySource, hex: string) {
    this.#sent = sent;
    this.#hex = hex;
  }

  get length(): number | undefined {
    return this.#sent.length;
  }
  get unannounced(): boolean {
    return this.#sent.unannounced;
  }
  get receivedBytes(): number {
    return this.#sent.receivedBytes ?? 0;
  }
  get endedAtMs(): number | undefined {
    return this.#sent.endedAtMs;
  }

  async readAll(maxBytes: number, tooLarge?: CosError): Promise<Buffer> {
    const body = await this.#sent.readAll(maxBytes, tooLarge);
    this.#judge(sha256(body));
    return body;
  }

  async *chunks(maxBytes: number, tooLarge?: CosError): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of this.#sent.chunks(maxBytes, tooLarge)) {
      hash.update(chunk);
      yield chunk;
    }
    this.#judge(hash.digest('hex'));
  }

  trailer(): undefined {
    return undefined;
  }

  #judge(computed: string): void {
    if (computed === this.#hex) return;
    throw new CosError('XAmzContentSHA256Mismatch', {
      elements: [
        ['ClientComputedContentSHA256', this.#hex],
        ['S3ComputedContentSHA256', computed],
      ],
    });
  }
}
