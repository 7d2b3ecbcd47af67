/** A run of an SDK's own suite, as it is written down. */
import type { VendorSuite } from './record.ts';

export const suiteFloor = (name: string): string => `${name} (suite)`;

/** @param today `YYYY-MM-DD` @throws Error that says what is wrong with the words */
export function readSuite(words: readonly string[], today: string): { name: string; run: VendorSuite } {
  const [name = '', passedText = '', totalText = '', suite = '', left = ''] = words;
  const [passed, total] = [Number(passedText), Number(totalText)];
  const counts = Number.isInteger(passed) && Number.isInteger(total) && passed >= 0 && passed <= total && total > 0;
  if (!/^[a-z0-9-]+$/.test(name) || !counts || suite === '') {
    throw new Error('wanted: NAME PASSED TOTAL SUITE WHAT-DID-NOT-PASS');
  }
  if (passed < total && left === '') throw new Error('say what did not pass, and why');
  return { name, run: { suite, passed, total, date: today, left } };
}
