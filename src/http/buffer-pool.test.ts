import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferPool } from './buffer-pool.ts';

const SLOW_DOWN = expect.objectContaining({ code: 'SlowDown' });
const blockBytes = 1024;

describe('BufferPool', () => {
  it('gives blocks at once while there are some, then in turn', async () => {
    const pool = new BufferPool({ blockBytes, maxBytes: 4 * blockBytes });
    const first = pool.acquire(2) as Buffer[];
    expect(first.map((block) => block.length)).toEqual([blockBytes, blockBytes]);
    expect(first[0]).not.toBe(first[1]);
    const second = pool.acquire(2) as Buffer[];
    const order: string[] = [];
    const two = Promise.resolve(pool.acquire(2)).then((blocks) => {
      order.push('two');
      return blocks;
    });
    // One block would fit soon, but it does not overtake.
    const one = Promise.resolve(pool.acquire(1)).then((blocks) => {
      order.push('one');
      return blocks;
    });
    expect(pool.waiting).toBe(2);
    pool.release(first);
    await two;
    expect(order).toEqual(['two']);
    pool.release(second);
    await one;
    expect(order).toEqual(['two', 'one']);
    pool.release(await two);
    pool.release(await one);
    expect([pool.used, pool.waiting]).toEqual([0, 0]);
  });

  it('refuses when too many wait, or for too long', async () => {
    const pool = new BufferPool({ blockBytes, maxBytes: 2 * blockBytes, maxWaiters: 1, waitMs: 20 });
    const held = pool.acquire(2) as Buffer[];
    const waiting = pool.acquire(1) as Promise<Buffer[]>;
    expect(() => pool.acquire(1)).toThrow(SLOW_DOWN);
    await expect(waiting).rejects.toEqual(SLOW_DOWN);
    expect(pool.waiting).toBe(0);
    pool.release(held);
    expect(pool.used).toBe(0);
  });

  it('serves the one behind when the first gives up', async () => {
    const pool = new BufferPool({ blockBytes, maxBytes: 3 * blockBytes, waitMs: 30 });
    const held = pool.acquire(2) as Buffer[];
    const large = pool.acquire(2) as Promise<Buffer[]>;
    await new Promise((resolve) => setTimeout(resolve, 15));
    const small = pool.acquire(1) as Promise<Buffer[]>;
    await expect(large).rejects.toEqual(SLOW_DOWN);
    expect(await small).toHaveLength(1);
    pool.release(held);
  });

  it('never hands one block to two, and never more than the cap', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(1, 2, 0), { maxLength: 40 }), async (steps) => {
        const pool = new BufferPool({ blockBytes: 16, maxBytes: 5 * 16 });
        const out = new Set<Buffer>();
        const held: Buffer[][] = [];
        const take = (blocks: Buffer[]) => {
          for (const block of blocks) {
            expect(out.has(block)).toBe(false);
            out.add(block);
          }
          expect(out.size).toBeLessThanOrEqual(5);
          held.push(blocks);
        };
        const give = () => {
          const blocks = held.shift();
          if (blocks === undefined) return;
          for (const block of blocks) out.delete(block);
          pool.release(blocks);
        };
        const pending: Promise<void>[] = [];
        for (const step of steps) {
          if (step === 0) give();
          else pending.push(Promise.resolve(pool.acquire(step)).then(take));
          await Promise.resolve();
        }
        while (held.length > 0 || pool.waiting > 0) {
          give();
          await new Promise((resolve) => setImmediate(resolve));
        }
        await Promise.all(pending);
        while (held.length > 0) give();
        expect(pool.used).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
