import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from './histogram.ts';

const latencies = fc.array(fc.double({ min: 0.002, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 200 });

describe('Histogram', () => {
  it('gives quantiles at most 2 % above the exact ones', () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const histogram = new Histogram();
        for (const value of values) histogram.record(value);
        const exact = values.sort((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;
        const found = histogram.quantile(share);
        expect(found).toBeGreaterThan(exact * 0.999);
        expect(found).toBeLessThan(exact * 1.021);
      }),
    );
  });

  it('adds up, also after a trip to another process', () => {
    const a = new Histogram();
    const b = new Histogram();
    for (let ms = 1; ms <= 50; ms++) a.record(ms);
    for (let ms = 51; ms <= 100; ms++) b.record(ms);
    const sum = new Histogram().add(a).add(new Histogram(JSON.parse(JSON.stringify(b.counts)) as number[]));
    expect(sum.total).toBe(100);
    expect(Math.abs(sum.quantile(0.5) - 50)).toBeLessThan(1.1);
    expect(Math.abs(sum.quantile(0.99) - 99)).toBeLessThan(2.1);
  });

  it('holds what is beyond both ends', () => {
    const histogram = new Histogram();
    expect(histogram.quantile(0.5)).toBe(0);
    histogram.record(0);
    expect(histogram.quantile(1)).toBe(0.001);
    histogram.record(1e9);
    expect(histogram.total).toBe(2);
    expect(histogram.quantile(1)).toBeGreaterThan(200_000);
  });
});
