import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentRange, resolveRange } from './range.ts';

describe('resolveRange', () => {
  it.each([
    [{ first: 0, last: 0 }, 10, { start: 0, length: 1 }],
    [{ first: 2, last: 99 }, 10, { start: 2, length: 8 }],
    [{ first: 2, last: undefined }, 10, { start: 2, length: 8 }],
    [{ suffix: 3 }, 10, { start: 7, length: 3 }],
    [{ suffix: 30 }, 10, { start: 0, length: 10 }],
    [{ first: 10, last: undefined }, 10, undefined],
    [{ suffix: 0 }, 10, undefined],
    [{ first: 0, last: undefined }, 0, undefined],
    [{ suffix: 1 }, 0, undefined],
  ] as const)('%o of %i', (spec, size, result) => expect(resolveRange(spec, size)).toEqual(result));

  it('always selects bytes that exist', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.option(fc.nat(20), { nil: undefined }), fc.nat(12), (first, extra, size) => {
        const range = resolveRange({ first, last: extra === undefined ? undefined : first + extra }, size);
        if (range === undefined) {
          expect(first).toBeGreaterThanOrEqual(size);
          return;
        }
        expect(range.length).toBeGreaterThan(0);
        expect(range.start + range.length).toBeLessThanOrEqual(size);
      }),
    );
  });

  it('writes Content-Range', () => expect(contentRange({ start: 2, length: 4 }, 10)).toBe('bytes 2-5/10'));
});
