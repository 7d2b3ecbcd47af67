import { expect, it } from 'vitest';
import { isSettled } from './measure.ts';

const ratios = (above: number, below: number): number[] => [...Array(above).fill(0.95), ...Array(below).fill(0.85)];

it('is settled when chance alone would hardly put so many pairs on one side of the floor', () => {
  expect(isSettled([], 0.9)).toBe(true);
  expect(isSettled(ratios(2, 2), 0.9)).toBe(false);
  expect(isSettled(ratios(6, 3), 0.9)).toBe(false);
  expect(isSettled(ratios(9, 0), 0.9)).toBe(true);
  expect(isSettled(ratios(0, 9), 0.9)).toBe(true);
  expect(isSettled(ratios(8, 1), 0.9)).toBe(false);
  expect(isSettled(ratios(27, 9), 0.9)).toBe(true);
  expect(isSettled(ratios(26, 10), 0.9)).toBe(false);
});
