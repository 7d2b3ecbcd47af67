import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatSize, parseDuration, parseSize } from './units.ts';

describe('sizes', () => {
  it('reads binary units in any case, with or without a blank', () => {
    expect(parseSize('5GiB')).toBe(5 * 1024 ** 3);
    expect(parseSize('64 kib')).toBe(65_536);
    expect(parseSize('850')).toBe(850);
    expect(parseSize('0')).toBe(0);
  });

  it('refuses decimal units, signs, fractions, blanks alone and what is too large to be exact', () => {
    for (const text of ['5GB', '5k', '-1', '1.5GiB', '', ' ', 'GiB', '1e3', '0x10', '9999999999999999TiB', '5 GiB 3']) {
      expect(parseSize(text), text).toBeUndefined();
    }
  });

  it('reads back whatever it formats', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.constantFrom(1, 1024, 1024 ** 2), (n, factor) => {
        expect(parseSize(formatSize(n * factor).replace(' bytes', ''))).toBe(n * factor);
      }),
    );
  });
});

describe('durations', () => {
  it('reads ms, s, min and h', () => {
    expect(parseDuration('250')).toBe(250);
    expect(parseDuration('250ms')).toBe(250);
    expect(parseDuration('30s')).toBe(30_000);
    expect(parseDuration('2 min')).toBe(120_000);
    expect(parseDuration('1h')).toBe(3_600_000);
    expect(parseDuration('1m')).toBeUndefined();
    expect(parseDuration('1d')).toBeUndefined();
  });

  it('reads back whatever it formats', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
