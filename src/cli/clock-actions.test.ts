import { describe, expect, it } from 'vitest';
import { clockText, readSpan, readTime } from './clock-actions.ts';

describe('times and spans', () => {
  it.each([
    ['2027-01-31', Date.UTC(2027, 0, 31)],
    ['2027-01-31T12:00Z', Date.UTC(2027, 0, 31, 12)],
    ['2027-01-31T12:00:01.5+08:00', Date.UTC(2027, 0, 31, 4, 0, 1, 500)],
  ])('reads the time %s', (text, ms) => expect(readTime(text)).toBe(ms));

  it.each(['', 'tomorrow', '2027-01-31T12:00:00', '2027-13-01', '1700000000'])('refuses the time %j', (text) => {
    expect(() => readTime(text)).toThrow('is no time');
  });

  it.each([
    ['1500', 1_500],
    ['30s', 30_000],
    ['90 min', 5_400_000],
    ['7d', 604_800_000],
  ])('reads the span %s', (text, ms) => expect(readSpan(text)).toBe(ms));

  it.each(['', '-1h', '1w', '1.5h'])('refuses the span %j', (text) => {
    expect(() => readSpan(text)).toThrow('is no span of time');
  });
});

it.each([
  [false, 0, "(the system's time; a server started with --test-clock can have another)"],
  [true, 0, "(the system's time)"],
  [true, 90_061_000, "(1 d 1 h 1 min 1 s ahead of the system's time)"],
  [true, -7_200_000, "(2 h behind the system's time)"],
  [true, 20, "(20 ms ahead of the system's time)"],
])('shows a clock (%s, %d)', (testClock, offsetMs, text) => {
  const now = '2027-01-31T12:00:00.000Z';
  expect(clockText({ testClock, now, offsetMs })).toBe(`${now}  ${text}\n`);
});
