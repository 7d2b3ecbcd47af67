import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateAdd, dateDiff } from './date-functions.ts';
import { parseTimestamp, timestampAt } from './timestamp.ts';

const MIN = Date.UTC(2000, 0, 1) - 63_000_000_000_000;
const MAX = Date.UTC(9998, 0, 1);
const moments = fc.integer({ min: MIN / 1000, max: MAX / 1000 }).map((seconds) => seconds * 1000 + 7);

describe('timestamps', () => {
  it('have the fields of the calendar', () => {
    fc.assert(
      fc.property(moments, (milliseconds) => {
        const value = timestampAt(milliseconds);
        expect(value.toString()).toBe(new Date(milliseconds).toISOString());
        expect(value.epochSeconds).toBe(Math.floor(milliseconds / 1000));
        expect(parseTimestamp(value.toString())!.epochSeconds).toBe(value.epochSeconds);
      }),
    );
  });

  it('differ by what was added', () => {
    const parts = fc.constantFrom('day', 'hour', 'minute', 'second' as const);
    fc.assert(
      fc.property(moments, parts, fc.integer({ min: -10_000, max: 10_000 }), (milliseconds, part, amount) => {
        const start = timestampAt(milliseconds);
        const end = dateAdd(part, amount, start);
        fc.pre(end !== undefined);
        expect(dateDiff(part, start, end)).toBe(amount === 0 ? 0 : amount);
      }),
    );
  });

  it.each([
    '2010T',
    '2010-01T',
    '2010-01-01T',
    '2010-01-01T10:20Z',
    '2010-01-01T10:20:30-00:00',
    '2010-01-01T10:20:30.120+05:30',
  ])('reads and writes %s', (text) => {
    expect(parseTimestamp(text)!.toString()).toBe(text);
  });

  it.each([
    '2010',
    '2010-01',
    '10T',
    '2010-1-1T',
    '2010-01-01T10Z',
    '2010-01-01T10:20',
    '2010-02-29T',
    '0000T',
    '2010-01-01T24:00Z',
    '2010-01-01T10:20+24:00',
    '2010-01-01T10:20+01:60',
    '2010T10:20Z',
    '2010-01-01t',
  ])('refuses %s', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
