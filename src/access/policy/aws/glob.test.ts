import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, wildcards } from './glob.ts';

const asRegExp = (pattern: string) =>
  new RegExp(
    `^${[...pattern].map((sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : `\\u{${sign.codePointAt(0)!.toString(16)}}`)).join('')}$`,
    'su',
  );

describe('compileGlob', () => {
  it('matches as the regular expression of the same meaning', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    fc.assert(
      fc.property(
        letters,
        texts,
        (pattern, text) => compileGlob(wildcards(pattern))(text) === asRegExp(pattern).test(text),
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes a time that both lengths bound', () => {
    const startedAt = performance.now();
    expect(compileGlob(wildcards(`${'*a'.repeat(500)}b`))('a'.repeat(1_024))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('takes as little for pieces with `?`', () => {
    const fits = compileGlob(wildcards(`*${'a?'.repeat(250)}b*`));
    const text = 'a'.repeat(1_024);
    const startedAt = performance.now();
    for (let i = 0; i < 100; i++) expect(fits(text)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(fits(`${text}b`)).toBe(true);
  });
});
