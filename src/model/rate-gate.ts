/** A limit on how often something may start a second, by name. Source: spec/limits.md. */
import type { Clock } from '../platform/clock.ts';

/** Names remembered at once; the least recently seen are forgotten. */
const MAX_NAMES = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** A token bucket for each name that holds one second's worth. */
export class RateGate {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  /** @param perSecond Infinity lets everything pass */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
  }

  /** @returns false when the name has used up its second */
  take(name: string): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(name) ?? { tokens: this.#perSecond, atMs: nowMs };
    const tokens = Math.min(this.#perSecond, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * this.#perSecond);
    const passes = tokens >= 1;
    this.#buckets.delete(name);
    if (this.#buckets.size >= MAX_NAMES) this.#buckets.delete(this.#buckets.keys().next().value!);
    this.#buckets.set(name, { tokens: passes ? tokens - 1 : tokens, atMs: nowMs });
    return passes;
  }
}
