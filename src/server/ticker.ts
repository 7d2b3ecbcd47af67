/** Gives background work its time: calls `tick` at a steady pace until it is stopped. */

/** ms; short, so that a clock that was moved is noticed. */
const EVERY_MS = 250;

export class Ticker {
  readonly #tick: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(tick: () => void) {
    this.#tick = tick;
  }

  start(): void {
    this.#timer ??= setInterval(this.#tick, EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
