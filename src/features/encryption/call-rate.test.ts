import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../platform/clock.ts';
import { CallRate } from './call-rate.ts';

function taken(rate: CallRate, attempts: number): number {
  let count = 0;
  for (let at = 0; at < attempts; at++) if (rate.take()) count += 1;
  return count;
}

describe('CallRate', () => {
  it('lets a second’s worth through at once and then as time passes', () => {
    const clock = new ManualClock(0);
    const rate = new CallRate(10, clock);
    expect(taken(rate, 100)).toBe(10);
    clock.advance(99);
    expect(taken(rate, 100)).toBe(0);
    clock.advance(1);
    expect(taken(rate, 100)).toBe(1);
    clock.advance(3_600_000);
    expect(taken(rate, 100)).toBe(10);
  });

  it('never lets more through than the rate and one second’s worth', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2000), fc.nat(30)), { maxLength: 30 }), (steps) => {
        const clock = new ManualClock(0);
        const rate = new CallRate(10, clock);
        let passed = 0;
        for (const [ms, attempts] of steps) {
          clock.advance(ms);
          passed += taken(rate, attempts);
        }
        expect(passed).toBeLessThanOrEqual(10 + clock.nowMs() / 100 + 1e-6);
      }),
    );
  });

  it('lets nothing through at zero', () => {
    const clock = new ManualClock(0);
    const rate = new CallRate(0, clock);
    clock.advance(10_000);
    expect(taken(rate, 5)).toBe(0);
  });
});
