/**
 * Lets writers of one object key wait for one another instead of failing each other's commit checks: plain PUTs of
 * one key are last-writer-wins (spec/objects.md §2.15). Only an economy: correctness rests on the checks alone, so
 * several processes may work on one store.
 */
type Wake = () => void;

export class KeyLocks {
  /** Those who wait for a key that is held; undefined while nobody waits, which is nearly always. */
  readonly #held = new Map<string, Wake[] | undefined>();

  /** Runs `work` once every earlier holder of `id` has finished. */
  async run<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#held.has(id)) await this.#turn(id);
    else this.#held.set(id, undefined);
    try {
      return await work();
    } finally {
      this.#release(id);
    }
  }

  #turn(id: string): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#held.get(id);
      if (waiting === undefined) this.#held.set(id, [resolve]);
      else waiting.push(resolve);
    });
  }

  /** The next one holds the key from here on, without a moment in which nobody does. */
  #release(id: string): void {
    const next = this.#held.get(id)?.shift();
    if (next === undefined) this.#held.delete(id);
    else next();
  }

  /** Keys held now. */
  get size(): number {
    return this.#held.size;
  }
}
