import { describe, expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { LATEST_MS, TestClock } from './test-clock.ts';

const START_MS = 1_700_000_000_000;
const made = () => {
  const real = new ManualClock(START_MS);
  return { real, clock: new TestClock(real) };
};

describe('a test clock', () => {
  it('is the system clock until it is moved', () => {
    const { real, clock } = made();
    real.advance(5);
    expect([clock.nowMs(), clock.offsetMs]).toEqual([START_MS + 5, 0]);
  });

  it('runs on from where it was moved to, in both directions', () => {
    const { real, clock } = made();
    clock.advance(3_600_000);
    real.advance(7);
    expect(clock.nowMs()).toBe(START_MS + 3_600_007);
    clock.set(1_000);
    real.advance(7);
    expect([clock.nowMs(), clock.offsetMs]).toEqual([1_007, 1_000 - (START_MS + 7)]);
  });

  it('leaves durations alone', () => {
    const { real, clock } = made();
    clock.advance(1_000);
    expect(clock.monotonicMs()).toBe(real.monotonicMs());
  });

  it('goes back', () => {
    const { real, clock } = made();
    clock.advance(1);
    clock.resume();
    expect(clock.nowMs()).toBe(real.nowMs());
  });

  it('refuses times that dates cannot show', () => {
    const { clock } = made();
    for (const ms of [-1, 0.5, Number.NaN, LATEST_MS + 1]) expect(() => clock.set(ms)).toThrow(RangeError);
    for (const ms of [-1, 0.5, LATEST_MS]) expect(() => clock.advance(ms)).toThrow(RangeError);
    expect(clock.offsetMs).toBe(0);
  });
});
