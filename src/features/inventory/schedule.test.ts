import { expect, it } from 'vitest';
import { DAY_MS, GMT_8, midnightBefore } from '../lifecycle/calendar.ts';
import type { InventoryConfiguration } from './configuration.ts';
import { NOT_RUN, type RunState } from './run-state.ts';
import { dueOf } from './schedule.ts';

const MIDNIGHT = midnightBefore(GMT_8, Date.UTC(2026, 10, 26, 20));
const day = (days: number) => MIDNIGHT + days * DAY_MS;
const on = (schedule: InventoryConfiguration['schedule'], setMs = day(-3) + 1, kind: 's' | 'o' = 's') => ({
  kind,
  setMs,
  configuration: { schedule } as InventoryConfiguration,
});
const DAILY = { enabled: true, frequency: 'Daily' } as const;
const WEEKLY = { enabled: true, frequency: 'Weekly' } as const;
const ran = (firstMs: number, doneMs: number): RunState => ({ firstMs, doneMs, progress: undefined });
const due = (...args: [ReturnType<typeof on>, RunState, number]) => dueOf(...args, GMT_8)?.runMs;

it('makes a daily report at each midnight, first at the one after it was set', () => {
  expect(dueOf(on(DAILY), NOT_RUN, MIDNIGHT, GMT_8)).toEqual({ runMs: MIDNIGHT, firstMs: MIDNIGHT, day: '20261127' });
  expect(due(on(DAILY, MIDNIGHT), NOT_RUN, MIDNIGHT)).toBeUndefined();
  expect(due(on(DAILY), ran(day(-1), MIDNIGHT), MIDNIGHT)).toBeUndefined();
  expect(dueOf(on(DAILY), ran(day(-5), day(-3)), MIDNIGHT, GMT_8)).toMatchObject({ runMs: day(0), firstMs: day(-5) });
  expect(due(on({ ...DAILY, enabled: false }), NOT_RUN, MIDNIGHT)).toBeUndefined();
});

it('makes a weekly one every seven days from the first, late where it could not be in time', () => {
  const days = (done: number) =>
    Array.from({ length: 15 }, (_, at) => at).filter((at) => due(on(WEEKLY), ran(day(0), day(done)), day(at)));
  expect(due(on(WEEKLY), NOT_RUN, MIDNIGHT)).toBe(MIDNIGHT);
  expect(days(0)).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
  expect(days(8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 14]);
});

it('begins anew after the clock was set back', () => {
  expect(dueOf(on(WEEKLY), ran(day(20), day(27)), MIDNIGHT, GMT_8)).toMatchObject({ runMs: day(0), firstMs: day(0) });
});

it('makes a report that was asked for once at once', () => {
  const askedMs = day(0) + 5_000;
  expect(dueOf(on(undefined, askedMs, 'o'), NOT_RUN, MIDNIGHT, GMT_8)).toMatchObject({
    runMs: askedMs,
    day: '20261127',
  });
});
