/** The wall clock of a server that is used in tests: the system's, moved away from it on demand. */
import { type Clock, systemClock } from './clock.ts';

/** The last millisecond of the year 9999, in which dates have their last four-digit year. */
export const LATEST_MS = 253_402_300_799_999;

/**
 * It goes on running from wherever it is moved to. Durations and time-outs are those of the system: a client that is
 * being answered while the clock moves notices nothing.
 */
export class TestClock implements Clock {
  /** What it is moved away from. */
  readonly real: Clock;
  #offsetMs = 0;

  constructor(real: Clock = systemClock) {
    this.real = real;
  }

  /** How far it is ahead of the system's clock, ms; negative behind it. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  nowMs(): number {
    return this.real.nowMs() + this.#offsetMs;
  }

  monotonicMs(): number {
    return this.real.monotonicMs();
  }

  /** @param nowMs wall time from now on, ms since the epoch; may lie in the past @throws RangeError */
  set(nowMs: number): void {
    if (!Number.isSafeInteger(nowMs) || nowMs < 0 || nowMs > LATEST_MS) {
      throw new RangeError('a time lies between 1970 and 9999');
    }
    this.#offsetMs = nowMs - this.real.nowMs();
  }

  /** @param ms forward, from 0 on @throws RangeError */
  advance(ms: number): void {
    if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError('the clock is advanced by 0 ms or more');
    if (this.nowMs() + ms > LATEST_MS) throw new RangeError('a time lies between 1970 and 9999');
    this.#offsetMs += ms;
  }

  /** Back to the time of the system. */
  resume(): void {
    this.#offsetMs = 0;
  }
}
