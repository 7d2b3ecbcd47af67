/** Comparison of secrets in a time that does not tell how much of them is right. */
import { timingSafeEqual } from 'node:crypto';

export function equalTexts(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
