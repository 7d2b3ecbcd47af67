import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likeMatcher, MAX_PATTERN } from './like.ts';

/** The definition, by trying everything. */
function naive(text: readonly string[], pattern: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '%') return naive(text, rest) || (text.length > 0 && naive(text.slice(1), pattern));
  if (text.length === 0) return false;
  if (first === '!') return rest[0] === text[0] && naive(text.slice(1), rest.slice(1));
  return (first === '_' || first === text[0]) && naive(text.slice(1), rest);
}

const letters = fc.constantFrom('a', 'b', '😀', '%', '_');
const pieces = fc.constantFrom('a', 'b', '😀', '%', '_', '!%', '!_', '!!', '!a');

describe('likeMatcher', () => {
  it('agrees with the definition', () => {
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 9 }), fc.array(pieces, { maxLength: 7 }), (text, pattern) => {
        const matches = likeMatcher(pattern.join(''), '!')!;
        expect(matches(text.join(''))).toBe(naive(text, [...pattern.join('')]));
      }),
      { numRuns: 2000 },
    );
  });

  it('does not take exponential time', () => {
    const matches = likeMatcher(`${'%a_'.repeat(300)}b`, undefined)!;
    expect(matches('a'.repeat(20_000))).toBe(false);
  });

  it('refuses a long pattern and a dangling escape', () => {
    expect(likeMatcher('x'.repeat(MAX_PATTERN + 1), undefined)).toBeUndefined();
    expect(likeMatcher('x!', '!')).toBeUndefined();
  });
});
