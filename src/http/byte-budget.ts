/** A cap on bytes that all requests together may keep in memory while their bodies are read whole. */
export class ByteBudget {
  readonly #max: number;
  #used = 0;

  /** @param max bytes */
  constructor(max: number) {
    this.#max = max;
  }

  get used(): number {
    return this.#used;
  }

  /** False when the bytes do not fit; nothing is taken then. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#max) return false;
    this.#used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}
