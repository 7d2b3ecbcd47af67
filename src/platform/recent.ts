/** The latest of something, by id: bounded in number and in size, the oldest goes first. */

export interface RecentLimits {
  /** Entries that are kept; 0 keeps none. */
  readonly entries: number;
  /** bytes of all entries together, as those who add them count */
  readonly bytes: number;
}

interface Kept<T> {
  readonly value: T;
  readonly bytes: number;
}

export class Recent<T> {
  readonly #limits: RecentLimits;
  /** In the order in which they came. */
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;

  constructor(limits: RecentLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#kept.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Something that is larger than all entries may be together is not kept. An id that is known already is replaced. */
  add(id: string, value: T, bytes: number): void {
    this.#remove(id);
    if (this.#limits.entries === 0 || bytes > this.#limits.bytes) return;
    this.#kept.set(id, { value, bytes });
    this.#bytes += bytes;
    while (this.#kept.size > this.#limits.entries || this.#bytes > this.#limits.bytes) {
      this.#remove(this.#kept.keys().next().value!);
    }
  }

  get(id: string): T | undefined {
    return this.#kept.get(id)?.value;
  }

  /** The newest first. */
  latest(count: number): T[] {
    const newest = count <= 0 ? [] : [...this.#kept.values()].slice(-count);
    return newest.reverse().map(({ value }) => value);
  }

  #remove(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#bytes -= kept.bytes;
  }
}
