import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../meta-store.ts';
import { OrderedRows } from './ordered-rows.ts';

const row = (name: number, version = 1): Row => ({
  key: Buffer.from(String(name).padStart(6, '0')),
  value: Buffer.from(''),
  version,
});

function keysFrom(rows: OrderedRows, from: number): number[] {
  const out: number[] = [];
  for (const cursor = rows.seek(row(from).key); cursor.peek() !== undefined; cursor.next()) {
    out.push(Number(cursor.peek()!.key));
  }
  return out;
}

describe('OrderedRows', () => {
  it('does what a sorted list does through splits and joins', () => {
    const step = fc.tuple(
      fc.constantFrom('set', 'set', 'delete'),
      fc.nat(3_000),
      fc.integer({ min: 1, max: 700 }),
      fc.constantFrom(1, 2, -1),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(4_000), (steps, from) => {
        const rows = new OrderedRows();
        const model = new Map<number, number>();
        for (const [at, [kind, start, count, stride]] of steps.entries()) {
          for (let i = 0; i < count; i++) {
            const name = Math.abs(start + i * stride);
            const old = kind === 'set' ? rows.set(row(name, at)) : rows.delete(row(name).key);
            if (old?.version !== model.get(name)) throw new Error(`${kind} of ${name} returned ${old?.version}`);
            if (kind === 'set') model.set(name, at);
            else model.delete(name);
          }
        }
        const wanted = [...model.keys()].sort((a, b) => a - b);
        expect(rows.size).toBe(wanted.length);
        expect(keysFrom(rows, 0)).toEqual(wanted);
        expect(keysFrom(rows, from)).toEqual(wanted.filter((name) => name >= from));
        for (const name of [from, ...wanted.slice(0, 50)])
          expect(rows.get(row(name).key)?.version).toBe(model.get(name));
      }),
      { numRuns: 50 },
    );
  });

  it('seeks forward with a cursor, near and far', () => {
    const rows = new OrderedRows();
    for (let i = 0; i < 5_000; i++) rows.set(row(((i * 2_741) % 5_000) * 2));
    fc.assert(
      fc.property(fc.nat(10_000), fc.array(fc.nat(2_000), { maxLength: 8 }), (start, jumps) => {
        const cursor = rows.seek(row(start).key);
        let at = start + (start % 2);
        for (const jump of jumps) {
          expect(cursor.peek() && Number(cursor.peek()!.key)).toBe(at < 10_000 ? at : undefined);
          if (at >= 10_000) return;
          const target = at + 1 + jump;
          cursor.seek(row(target).key);
          at = target + (target % 2);
        }
      }),
    );
  });

  it('shrinks when rows go', () => {
    const rows = new OrderedRows();
    for (let i = 0; i < 20_000; i++) rows.set(row(i));
    for (let i = 0; i < 20_000; i++) if (i % 100) rows.delete(row(i).key);
    expect(keysFrom(rows, 0)).toEqual(Array.from({ length: 200 }, (_, i) => i * 100));
    for (let i = 0; i < 20_000; i += 100) rows.delete(row(i).key);
    expect(keysFrom(rows, 0)).toEqual([]);
    expect(rows.size).toBe(0);
  });
});
