/** Wildcards and variables, beside the table method of the fixture. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WHO } from './cases/fixture.ts';
import { like } from './fixture.ts';
import { compileLiteral, compilePattern } from './pattern.ts';

const ADA = { ...WHO.user, secretId: '', policies: [] };

describe('compilePattern', () => {
  test.each([
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['***', 'a', true],
    ['a*bc*c', 'abc', false],
    ['a*bc*c', 'abcc', true],
    ['a*b*b', 'ab', false],
    ['*ab*', 'aab', true],
    ['a*a*a', 'aa', false],
    ['${uin}*', '100000000011/x', true],
    ['*${uin}', 'x/100000000012', false],
    ['${uin}', '100000000011', true],
    ['${uin}${app_id}', '1000000000111250000000', true],
  ])('%s covers %s: %s', (pattern, text, covered) => {
    expect(compilePattern(pattern)(text, ADA)).toBe(covered);
    expect(like(pattern, text, WHO.user)).toBe(covered);
  });

  test('finds what the table method finds', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', '*', '*');
    const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 8 }).map((pieces) => pieces.join(''));
    let covered = 0;
    fc.assert(
      fc.property(pattern, text, (p, t) => {
        const found = compilePattern(p)(t, ADA);
        if (found) covered++;
        expect(found).toBe(like(p, t));
      }),
      { numRuns: 10_000 },
    );
    expect(covered).toBeGreaterThan(1_000);
  });

  test('takes the value of a variable literally', () => {
    const odd = { ...ADA, uin: '*' };
    expect(compilePattern('x/${uin}/*')('x/anything/y', odd)).toBe(false);
    expect(compilePattern('x/${uin}/*')('x/*/y', odd)).toBe(true);
  });
});

test('compileLiteral has no wildcards', () => {
  expect(compileLiteral('a*')('ab', ADA)).toBe(false);
  expect(compileLiteral('a*')('a*', ADA)).toBe(true);
  expect(compileLiteral('${owner_uin}-*')(`${ADA.ownerUin}-*`, ADA)).toBe(true);
  expect(compileLiteral('${owner_uin}')('', { kind: 'anonymous' })).toBe(false);
});
