/**
 * Lets writers of one object key wait for one another instead of failing each other's commit checks: plain PUTs of
 * one key are last-writer-wins (spec/objects.md §2.15). Only an economy: correctness rests on the checks alone, so
 * several processes may work on one store.
 */
export class KeyLocks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` once every earlier holder of `id` has finished. */
  async run<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(id);
    let release!: () => void;
    const tail = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#tails.set(id, tail);
    try {
      if (before !== undefined) await before;
      return await work();
    } finally {
      if (this.#tails.get(id) === tail) this.#tails.delete(id);
      release();
    }
  }

  /** Keys held now. */
  get size(): number {
    return this.#tails.size;
  }
}
