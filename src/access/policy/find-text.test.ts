import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finder } from './find-text.ts';

test('finds what the engine finds', () => {
  const letters = fc.array(fc.constantFrom('a', 'ab', 'aab'), { maxLength: 30 }).map((all) => all.join(''));
  fc.assert(
    fc.property(letters, letters, letters, fc.nat(80), fc.boolean(), (front, middle, back, from, whole) => {
      const wanted = `${'ab'.repeat(16)}${middle}`;
      const text = front + (whole ? wanted : wanted.slice(1)) + back;
      expect(finder(wanted)(text, from)).toBe(text.indexOf(wanted, from));
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['a', 'ba', 0, 1],
  ['a', 'ba', 2, -1],
  ['', 'ba', 1, 1],
  ['a'.repeat(40), 'a'.repeat(39), 0, -1],
  ['a'.repeat(40), `b${'a'.repeat(40)}`, 0, 1],
  ['a'.repeat(40), `b${'a'.repeat(40)}`, 2, -1],
])('%s in %s from %d on: %d', (wanted, text, from, at) => {
  expect(finder(wanted)(text, from)).toBe(at);
});

test('takes a time that grows with the lengths, not with their product', () => {
  const wanted = `${'a'.repeat(8_000)}b${'a'.repeat(8_000)}`;
  const find = finder(wanted);
  const started = performance.now();
  expect(find('a'.repeat(60_000), 0)).toBe(-1);
  // The search of the engine needs some 350 million comparisons.
  expect(performance.now() - started).toBeLessThan(50);
  expect(find(`aaa${wanted}`, 1)).toBe(3);
});
