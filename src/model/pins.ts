/**
 * Versions that a reader holds open: their bytes are not freed before the reader is done, however long the download
 * takes. In memory: a reader does not outlive its process.
 */
export class Pins {
  readonly #counts = new Map<string, number>();
  #holds = 0;
  readonly #runs = new Set<Promise<void>>();

  /** @param owner the version's name, as in `DeletionJob.owner` */
  add(owner: Buffer): () => void {
    const id = owner.toString('latin1');
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#counts.get(id) ?? 1) - 1;
      if (left === 0) this.#counts.delete(id);
      else this.#counts.set(id, left);
    };
  }

  /**
   * Holds everything: from when it resolves until the release, nothing is freed, and no deletion is half done. For who
   * reads all there is.
   */
  async holdAll(): Promise<() => void> {
    let released = false;
    this.#holds += 1;
    await Promise.all(this.#runs);
    return () => {
      if (!released) this.#holds -= 1;
      released = true;
    };
  }

  /** What frees, runs in here. @returns undefined, without a run, while everything is held */
  async freeing<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#holds > 0) return undefined;
    const run = work();
    const ended = run.then(
      () => undefined,
      () => undefined,
    );
    this.#runs.add(ended);
    try {
      return await run;
    } finally {
      this.#runs.delete(ended);
    }
  }

  has(owner: Buffer): boolean {
    return this.#counts.size > 0 && this.#counts.has(owner.toString('latin1'));
  }
}
