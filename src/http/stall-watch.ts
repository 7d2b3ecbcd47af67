/**
 * Time-outs on silence for many transfers at once: one coarse timer per server instead of one per request.
 */

export interface Watched {
  /** Tick of the last sign of life; kept by the watch and by whoever calls `touch`. */
  lastTick: number;
  /** Called once the silence has lasted; the entry is still watched (from now on anew) unless it removes itself. */
  onStall(): void;
}

/** Silence is noticed after 1 to 1.25 times the time-out. */
const TICKS = 4;

export class StallWatch {
  #tick = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #intervalMs: number;
  readonly #watched = new Set<Watched>();

  /** @param timeoutMs silence allowed, milliseconds (>= 4) */
  constructor(timeoutMs: number) {
    this.#intervalMs = Math.max(1, Math.ceil(timeoutMs / TICKS));
  }

  /** Watches from now on. */
  add(entry: Watched): void {
    entry.lastTick = this.#tick;
    this.#watched.add(entry);
    if (this.#timer === undefined) this.#timer = setInterval(() => this.#onTick(), this.#intervalMs).unref();
  }

  touch(entry: Watched): void {
    entry.lastTick = this.#tick;
  }

  remove(entry: Watched): void {
    this.#watched.delete(entry);
  }

  /** Entries watched now. */
  get size(): number {
    return this.#watched.size;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#watched.clear();
  }

  #onTick(): void {
    this.#tick++;
    if (this.#watched.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    for (const entry of this.#watched) {
      if (this.#tick - entry.lastTick <= TICKS) continue;
      entry.lastTick = this.#tick;
      entry.onStall();
    }
  }
}
