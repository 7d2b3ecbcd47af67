/** Reads exact numbers of bytes out of chunks that come as they come. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #offset = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** The bytes if they are here already, shared with the chunk they came in. */
  tryRead(count: number): Buffer | undefined {
    if (this.#chunk.length - this.#at < count) return undefined;
    this.#at += count;
    this.#offset += count;
    return this.#chunk.subarray(this.#at - count, this.#at);
  }

  /** @returns fewer bytes at the end only */
  async read(count: number): Promise<Buffer> {
    const all = this.tryRead(count);
    if (all !== undefined) return all;
    const out = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      const piece = await this.some(count - filled);
      if (piece === undefined) return out.subarray(0, filled);
      filled += piece.copy(out, filled);
    }
    return out;
  }

  /** What is here next, 1 to `most` bytes; undefined at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#at === this.#chunk.length) {
      const next = await this.#chunks.next();
      if (next.done === true) return undefined;
      this.#chunk = next.value;
      this.#at = 0;
    }
    return this.tryRead(Math.min(most, this.#chunk.length - this.#at));
  }

  /** Gives the chunks up. */
  async cancel(): Promise<void> {
    await this.#chunks.return?.();
  }
}
