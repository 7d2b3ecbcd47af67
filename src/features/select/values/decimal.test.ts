import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, compare, type Decimal, decimal, divide, multiply, parseDecimal, rescale, subtract } from './decimal.ts';

const small = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.integer({ min: 0, max: 8 }))
  .map(([coefficient, scale]) => decimal(coefficient, scale)!);

/** Scaled to 16 digits behind the point. */
const scaled = (value: Decimal) => value.coefficient * 10n ** BigInt(16 - value.scale);

describe('decimals', () => {
  it('read back what they write', () => {
    fc.assert(
      fc.property(small, (value) => {
        const again = parseDecimal(value.toString())!;
        expect([again.coefficient, again.scale]).toEqual([value.coefficient, value.scale]);
      }),
    );
  });

  it('are exact while 38 digits do', () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(scaled(add(a, b)!)).toBe(scaled(a) + scaled(b));
        expect(scaled(subtract(a, b)!)).toBe(scaled(a) - scaled(b));
        expect(scaled(multiply(a, b)!)).toBe((scaled(a) * scaled(b)) / 10n ** 16n);
        expect(Math.sign(compare(a, b))).toBe(scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0);
      }),
    );
  });

  it.each([
    ['0.5', '3', '0.16666666666666666666666666666666666667'],
    ['-1', '3', '-0.33333333333333333333333333333333333333'],
    ['1.00', '4', '0.25'],
    ['6', '2', '3'],
  ])('divides %s by %s', (a, b, quotient) => {
    expect(divide(parseDecimal(a)!, parseDecimal(b)!)!.toString()).toBe(quotient);
  });

  it('rounds to 38 digits and keeps its bounds', () => {
    expect(parseDecimal(`0.${'9'.repeat(39)}`)!.toString()).toMatch(/^1\.0{37,38}$/);
    expect(parseDecimal('9'.repeat(38))!.toString()).toBe('9'.repeat(38));
    expect(parseDecimal(`1${'0'.repeat(40)}`)!.toString()).toBe(`1${'0'.repeat(40)}`);
    expect(parseDecimal('9'.repeat(1_000_000))).toBeUndefined();
    expect(parseDecimal(`0.${'0'.repeat(1_000_000)}1`)!.coefficient).toBe(0n);
    expect(divide(parseDecimal('1')!, parseDecimal('0.00')!)).toBeUndefined();
    expect(rescale(parseDecimal('-2.345')!, 2)!.toString()).toBe('-2.35');
  });

  it.each(['', '.', '-', '1e5', '1.2.3', 'x', '--1', ' 1'])('refuses %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });
});
