import { StoreError } from '../store.ts';

/** Counts the bytes an in-memory store holds against its capacity. */
export class Budget {
  readonly #capacity: number;
  #used = 0;

  /** @param capacity bytes */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The same capacity, nothing used of it. */
  fresh(): Budget {
    return new Budget(this.#capacity);
  }

  get used(): number {
    return this.#used;
  }

  /** @throws StoreError full */
  assertRoom(bytes: number): void {
    if (bytes > 0 && this.#used + bytes > this.#capacity) {
      throw new StoreError('full', `The in-memory store holds at most ${this.#capacity} bytes`);
    }
  }

  /** Takes (or, negative, gives back) bytes without a look at the capacity. */
  add(bytes: number): void {
    this.#used += bytes;
  }

  /** @throws StoreError full */
  take(bytes: number): void {
    this.assertRoom(bytes);
    this.#used += bytes;
  }
}
