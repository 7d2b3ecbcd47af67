import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sameText } from './same-text.ts';

const text = fc.string({ unit: fc.constantFrom(...'abé\u0000'), maxLength: 130 });

it('tells texts apart, whatever was compared before', () => {
  fc.assert(
    fc.property(text, text, fc.nat(), (a, b, at) => {
      expect(sameText(a, b)).toBe(a === b);
      expect(sameText(a, a.slice())).toBe(true);
      if (a === '') return;
      const index = at % a.length;
      expect(sameText(a, `${a.slice(0, index)}x${a.slice(index + 1)}`)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});
