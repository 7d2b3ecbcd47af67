/** A body in aws-chunked framing, as a stream of its content. Source: spec/s3.md §5.1. */
import { CosError } from '../../errors/cos-error.ts';
import type { BodySource } from '../../http/types.ts';
import type { S3Body } from './body-of.ts';
import { ChunkDecoder, type ChunkRules } from './chunk-decoder.ts';

/** Bytes of framing that a body read whole may have beside as much again as its content. */
const FRAMING = 64 * 1024;
/** Bytes of framing a byte of content: a chunk of one byte with its signature. */
const DENSEST = 128;

export class ChunkedBody implements S3Body {
  readonly unannounced = false;
  readonly #sent: BodySource;
  readonly #rules: ChunkRules;
  readonly #decoder: ChunkDecoder;

  constructor(sent: BodySource, rules: ChunkRules) {
    this.#sent = sent;
    this.#rules = rules;
    this.#decoder = new ChunkDecoder(rules);
  }

  /** Of the content. */
  get length(): number {
    return this.#rules.length;
  }
  get receivedBytes(): number {
    return this.#sent.receivedBytes ?? 0;
  }
  get endedAtMs(): number | undefined {
    return this.#sent.endedAtMs;
  }

  async readAll(maxBytes: number, tooLarge: CosError = entityTooLarge()): Promise<Buffer> {
    const { length } = this.#rules;
    if (length > maxBytes) throw tooLarge;
    const framed = await this.#sent.readAll(Math.min(length * DENSEST, length + maxBytes) + FRAMING, tooLarge);
    const parts: Buffer[] = [];
    this.#decoder.push(framed, parts);
    this.#decoder.end();
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts, length);
  }

  async *chunks(maxBytes: number, tooLarge: CosError = entityTooLarge()): AsyncGenerator<Buffer> {
    if (this.#rules.length > maxBytes) throw tooLarge;
    const parts: Buffer[] = [];
    for await (const framed of this.#sent.chunks(Number.MAX_SAFE_INTEGER, tooLarge)) {
      this.#decoder.push(framed, parts);
      for (const part of parts) yield part;
      parts.length = 0;
    }
    this.#decoder.end();
  }

  trailer(name: string): string | undefined {
    return this.#decoder.trailers.get(name);
  }
}

function entityTooLarge(): CosError {
  return new CosError('EntityTooLarge', { close: true });
}
