/**
 * Versions that a reader holds open: their bytes are not freed before the reader is done, however long the download
 * takes. In memory: a reader does not outlive its process.
 */
export class Pins {
  readonly #counts = new Map<string, number>();

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

  has(owner: Buffer): boolean {
    return this.#counts.size > 0 && this.#counts.has(owner.toString('latin1'));
  }
}
