import { expect, it } from 'vitest';
import { wildcard } from './wildcard.ts';

it.each([
  ['', '', true],
  ['a', 'a', true],
  ['a', 'ab', false],
  ['*', '', true],
  ['logs/*', 'logs/2027/a', true],
  ['logs/*', 'log', false],
  ['*.jpg', 'a.jpg', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxc', false],
  ['a*a', 'a', false],
  ['ab*ba', 'aba', false],
  ['*b*', 'abc', true],
  ['**', 'x', true],
  ['a.c', 'abc', false],
])('%j covers %j: %s', (pattern, text, expected) => {
  expect(wildcard(pattern)(text)).toBe(expected);
});
