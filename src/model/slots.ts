/** A bound on how much of something runs at once. */
export class Slots {
  readonly #limit: number;
  #taken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns what gives the slot back (once; later calls do nothing); undefined when none is free */
  take(): (() => void) | undefined {
    if (this.#taken >= this.#limit) return undefined;
    this.#taken += 1;
    let given = false;
    return () => {
      if (!given) this.#taken -= 1;
      given = true;
    };
  }
}
