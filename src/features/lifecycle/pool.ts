/** Changes under way: some at once, and a bound on them. One walk adds to it and waits for it. */
export class Pool {
  readonly #limit: number;
  #running = 0;
  /** Wakes the walk. */
  #wake: (() => void) | undefined;
  #failed: { readonly error: unknown } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Waits for a place, then starts `work`. @throws what an earlier piece of work threw */
  async add(work: () => Promise<void>): Promise<void> {
    while (this.#running >= this.#limit) await this.#oneEnded();
    if (this.#failed !== undefined) throw this.#failed.error;
    this.#running += 1;
    void this.#run(work);
  }

  /** Waits for all. @throws what one of them threw */
  async drain(): Promise<void> {
    while (this.#running > 0) await this.#oneEnded();
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failed ??= { error };
    }
    this.#running -= 1;
    this.#wake?.();
  }

  #oneEnded(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
