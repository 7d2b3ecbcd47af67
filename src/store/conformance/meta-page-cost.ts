import { describe, expect, it } from 'vitest';
import type { Store } from '../store.ts';
import { bytes, fill, type OpenStore, withStore } from './harness.ts';

const DIRS = 100;
const LIMIT = 50;
/** Rows of slack between two sizes: the page is the same, its ends may fall a little differently. */
const SLACK = 8;

/** Times a page is taken; the fastest one counts, whatever else the machine does. */
const ROUNDS = 20;

interface Cost {
  /** Of a collapsed page, ms. */
  readonly fastest: number;
  readonly scan: number;
  readonly collapse: number;
  readonly later: number;
}

/** A page costs in proportion to itself, however many rows the store holds. */
export function pageCostTests(open: OpenStore, sizes: readonly number[]): void {
  describe('cost of a page', () => {
    it(`is the same for ${sizes.join(', ')} rows`, { timeout: 300_000 }, async () => {
      const costs: Cost[] = [];
      for (const size of sizes) costs.push(await withStore(open, (store) => measure(store, size)));
      for (const cost of costs) {
        for (const visited of [cost.scan, cost.collapse, cost.later]) {
          expect(visited).toBeGreaterThanOrEqual(LIMIT);
          expect(visited).toBeLessThanOrEqual(2 * LIMIT + SLACK);
        }
        // `visited` is the engine's own word; the clock tells a walk through collapsed rows that it does not count.
        expect(cost.fastest).toBeLessThan(4 * costs[0]!.fastest + 1);
        expect(Math.abs(cost.scan - costs[0]!.scan)).toBeLessThanOrEqual(SLACK);
        expect(Math.abs(cost.collapse - costs[0]!.collapse)).toBeLessThanOrEqual(SLACK);
        expect(Math.abs(cost.later - costs[0]!.later)).toBeLessThanOrEqual(SLACK);
      }
    });
  });
}

async function measure(store: Store, size: number): Promise<Cost> {
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  const value = Buffer.alloc(100, 1);
  for (let dir = 0; dir < DIRS; dir++) {
    const rows = Array.from({ length: size / DIRS }, (_, i) => ({
      key: bytes(`t/${digits(dir, 3)}/${digits(i, 8)}`),
      value,
    }));
    await fill(store, rows);
  }
  const range = { from: bytes('t/'), to: bytes('t0'), limit: LIMIT };
  const collapse = { ...range, prefix: bytes('t/'), delimiter: bytes('/') };
  const scan = await store.meta.scan(range);
  const first = await store.meta.collapse(collapse);
  expect(first.entries.map(({ prefix }) => prefix?.toString())).toEqual(
    Array.from({ length: LIMIT }, (_, dir) => `t/${digits(dir, 3)}/`),
  );
  const later = await store.meta.collapse({ ...collapse, from: first.resume! });
  expect(later.entries).toHaveLength(DIRS - LIMIT);
  expect(later.resume).toBeUndefined();
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await store.meta.collapse(collapse);
    fastest = Math.min(fastest, performance.now() - start);
  }
  return { fastest, scan: scan.visited, collapse: first.visited, later: later.visited };
}
