/**
 * Lets a client read along while a body is stored: one chunk at a time, so that memory stays bounded, and always one
 * chunk behind, so that nobody has the end of an object that could not be stored.
 */
export class Tap {
  #held: Buffer | undefined;
  /** What the reader takes next. */
  #ready: Buffer | undefined;
  #outcome: 'open' | 'ended' | { readonly error: unknown } = 'open';
  #left = false;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;

  /** Resolves when the chunk before it has been taken, or nobody reads any more. */
  async offer(chunk: Buffer): Promise<void> {
    if (this.#held !== undefined) await this.#pass(this.#held);
    this.#held = this.#left ? undefined : chunk;
  }

  /** Gives the last chunk out, and the end. */
  end(): void {
    const last = this.#held;
    this.#held = undefined;
    void (last === undefined ? Promise.resolve() : this.#pass(last)).then(() => this.#settle('ended'));
  }

  fail(error: unknown): void {
    this.#settle({ error });
  }

  /** The next chunk; undefined after the last. @throws what `fail` was given */
  async next(): Promise<Buffer | undefined> {
    while (this.#ready === undefined && this.#outcome === 'open') {
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
    if (typeof this.#outcome === 'object') throw this.#outcome.error;
    const chunk = this.#ready;
    this.#ready = undefined;
    this.#wakeWriter?.();
    return chunk;
  }

  /** The reader goes: the writer waits for nobody from now on. */
  leave(): void {
    this.#left = true;
    this.#held = undefined;
    this.#ready = undefined;
    this.#wakeWriter?.();
  }

  async #pass(chunk: Buffer): Promise<void> {
    if (this.#left) return;
    this.#ready = chunk;
    this.#wakeReader?.();
    while (this.#ready !== undefined && !this.#left) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
  }

  #settle(outcome: 'ended' | { readonly error: unknown }): void {
    if (this.#outcome === 'open') this.#outcome = outcome;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }
}
