/** The judge of the crash test is itself judged here. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, type Content, holds, sameContent } from './crash/content.ts';
import { Random } from './crash/random.ts';
import { type Change, Register } from './crash/register.ts';

const piece = (id: number): Content => [{ id, length: 10 }];
const ids = (register: Register): (number | undefined)[] => register.allowed().map((content) => content?.[0]?.id);

describe('Register', () => {
  it('allows the last acknowledged value alone when nothing overlapped', () => {
    const register = new Register();
    expect(register.settled).toBeUndefined();
    for (const id of [1, 2, 3]) register.acknowledge(register.begin(piece(id)));
    expect(ids(register)).toEqual([3]);
    register.acknowledge(register.begin(undefined));
    expect(ids(register)).toEqual([undefined]);
  });

  it('allows what was not acknowledged, and what was before it', () => {
    const register = new Register();
    register.acknowledge(register.begin(piece(1)));
    register.begin(piece(2));
    expect(ids(register)).toEqual([1, 2]);
    expect(() => register.settled).toThrow('not settled');
    register.settle(piece(2));
    expect(ids(register)).toEqual([2]);
    expect(register.past()).toContainEqual(piece(1));
  });

  it('forgets what was refused', () => {
    const register = new Register();
    register.refuse(register.begin(piece(1)));
    expect(ids(register)).toEqual([undefined]);
  });

  it('allows both of two acknowledged changes that overlapped, and not what was before both', () => {
    const register = new Register();
    register.acknowledge(register.begin(piece(1)));
    const [a, b] = [register.begin(piece(2)), register.begin(piece(3))];
    register.acknowledge(a);
    register.acknowledge(b);
    expect(ids(register)).toEqual([2, 3]);
  });

  it('allows every outcome that a right server can have', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 30 }), (seed, steps) => {
        const random = new Random(seed);
        const register = new Register();
        const open: { change: Change; done: boolean }[] = [];
        let truth: Content;
        for (let step = 1; step <= steps; step++) {
          const action = random.between(1, 3);
          const one = open.length === 0 ? undefined : random.pick(open);
          if (action === 1 || one === undefined) open.push({ change: register.begin(piece(step)), done: false });
          else if (!one.done) {
            one.done = true;
            truth = one.change.value;
          } else {
            register.acknowledge(one.change);
            open.splice(open.indexOf(one), 1);
          }
        }
        expect(register.allowed().some((content) => sameContent(content, truth))).toBe(true);
      }),
    );
  });
});

describe('content', () => {
  it('differs from number to number at every length that can tell', () => {
    const bodies = new Set<string>();
    for (let id = 1; id <= 200; id++) bodies.add(bytesOf([{ id, length: 40 }]).toString('hex'));
    expect(bodies.size).toBe(200);
  });

  it('is not taken for a part of itself, nor for a mix of two', () => {
    const a = { id: 1, length: 5_000 };
    const b = { id: 2, length: 5_000 };
    const whole = bytesOf([a, b]);
    expect(holds(whole, [a, b])).toBe(true);
    expect(holds(whole.subarray(0, 9_999), [a, b])).toBe(false);
    expect(holds(whole, [b, a])).toBe(false);
    const mixed = Buffer.from(bytesOf([a]));
    bytesOf([b]).copy(mixed, 4_096, 4_096);
    expect(holds(mixed, [a])).toBe(false);
    expect(holds(undefined, undefined)).toBe(true);
    expect(holds(Buffer.alloc(0), undefined)).toBe(false);
  });
});
