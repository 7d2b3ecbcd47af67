/** Bits of a stream of chunks, for a parser that starts again when they end too early. */

/** No block of a sane encoder is longer; a longer one is refused. Bytes. */
const MAX_PACKED = 4 * 1024 * 1024;

/** The bytes are no bzip2. */
export class Bzip2Fault extends Error {}

/** Thrown where the bytes at hand end within something. */
class NeedsMore extends Error {}
const NEEDS_MORE = new NeedsMore();

/** The bytes at hand, and where in them the next bit is. */
export class Input {
  readonly #chunks: AsyncIterator<Buffer>;
  #bytes: Buffer = Buffer.alloc(0);
  #bit = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Runs a parser over the bits; when they end too early, again with more. @param expected bytes it needs as a rule */
  async parse<T>(expected: number, parser: (bits: Bits) => T): Promise<T> {
    for (let wanted = expected; ; wanted *= 2) {
      await this.#fill(wanted);
      const bits = new Bits(this.#bytes, this.#bit);
      try {
        const result = parser(bits);
        this.#bytes = this.#bytes.subarray(bits.at >> 3);
        this.#bit = bits.at & 7;
        return result;
      } catch (error) {
        if (!(error instanceof NeedsMore)) throw error;
        if (this.#ended || wanted > MAX_PACKED) throw new Bzip2Fault('unexpected end');
      }
    }
  }

  /** Whether another stream follows; the bits up to the next byte are padding. */
  async hasMore(): Promise<boolean> {
    if (this.#bit > 0) {
      this.#bytes = this.#bytes.subarray(1);
      this.#bit = 0;
    }
    await this.#fill(1);
    return this.#bytes.length > 0;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(wanted: number): Promise<void> {
    if (this.#bytes.length >= wanted) return;
    const parts = [this.#bytes];
    for (let have = this.#bytes.length; have < wanted && !this.#ended; ) {
      const next = await this.#chunks.next();
      if (next.done) this.#ended = true;
      else {
        parts.push(next.value);
        have += next.value.length;
      }
    }
    this.#bytes = Buffer.concat(parts);
  }
}

export class Bits {
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = bytes.length * 8;
  }

  bit(): number {
    if (this.at >= this.#end) throw NEEDS_MORE;
    const bit = (this.#bytes[this.at >> 3]! >> (7 - (this.at & 7))) & 1;
    this.at += 1;
    return bit;
  }

  /** @param count up to 48 */
  read(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      if (this.at >= this.#end) throw NEEDS_MORE;
      const available = 8 - (this.at & 7);
      const taken = Math.min(available, left);
      const byte = this.#bytes[this.at >> 3]!;
      value = value * (1 << taken) + ((byte >> (available - taken)) & ((1 << taken) - 1));
      this.at += taken;
      left -= taken;
    }
    return value;
  }
}
