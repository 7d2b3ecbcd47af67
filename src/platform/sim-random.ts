/** Numbers that look random and are the same for the same seed: simulations can be run again. */
export class SeededRandom {
  #state: number;

  /** @param seed any integer */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    // A Weyl sequence with two rounds of mixing.
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85eb_ca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2_ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 0x1_0000_0000;
  }

  /** Integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/**
 * How much of what was not synced survives a power loss: all, nothing, or each piece by chance. The extremes are where
 * recovery code breaks, so they come often.
 */
export function survivalRate(random: SeededRandom): number {
  return [0, 1, 0.5, random.next()][random.below(4)]!;
}
