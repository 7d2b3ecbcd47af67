/** Latencies in buckets 2 % wide: cheap to fill, to send between processes and to add up. Unit: ms. */
const WIDTH = Math.log(1.02);
/** Everything at or below is one bucket, ms. */
const SMALLEST = 0.001;
/** Up to about 4 minutes; longer falls into the last bucket. */
const BUCKETS = 1_000;

export class Histogram {
  readonly counts: number[];

  /** @param counts of an earlier `counts`, as it came from another process */
  constructor(counts: readonly number[] = []) {
    this.counts = Array.from({ length: BUCKETS }, (_, at) => counts[at] ?? 0);
  }

  record(ms: number): void {
    const bucket = ms <= SMALLEST ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / SMALLEST) / WIDTH));
    this.counts[bucket]! += 1;
  }

  add(other: Histogram): this {
    for (let at = 0; at < BUCKETS; at++) this.counts[at]! += other.counts[at]!;
    return this;
  }

  get total(): number {
    let sum = 0;
    for (const count of this.counts) sum += count;
    return sum;
  }

  /** The upper edge of the bucket that holds the value of this rank, ms; 0 without values. @param share 0 … 1 */
  quantile(share: number): number {
    const { total } = this;
    if (total === 0) return 0;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    let bucket = 0;
    for (; bucket < BUCKETS - 1; bucket++) {
      seen += this.counts[bucket]!;
      if (seen >= rank) break;
    }
    return SMALLEST * Math.exp(bucket * WIDTH);
  }
}
