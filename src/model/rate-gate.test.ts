import { expect, it } from 'vitest';
import { ManualClock } from '../platform/clock.ts';
import { RateGate } from './rate-gate.ts';

it('lets so many pass a second, for each name', () => {
  const clock = new ManualClock(0);
  const gate = new RateGate(2, clock);
  expect([gate.take('a'), gate.take('a'), gate.take('a')]).toEqual([true, true, false]);
  expect(gate.take('b')).toBe(true);
  clock.advance(499);
  expect(gate.take('a')).toBe(false);
  clock.advance(1);
  expect([gate.take('a'), gate.take('a')]).toEqual([true, false]);
  clock.advance(3_600_000);
  expect([gate.take('a'), gate.take('a'), gate.take('a')]).toEqual([true, true, false]);
});

it('lets everything pass without a limit', () => {
  const gate = new RateGate(Number.POSITIVE_INFINITY, new ManualClock(0));
  for (let i = 0; i < 10_000; i++) expect(gate.take('a')).toBe(true);
});
