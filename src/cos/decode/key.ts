/** Rules of object keys. Source: spec/objects.md §2.2, spec/limits.md §2. */
import { CosError } from '../../errors/cos-error.ts';

/** @throws CosError KeyTooLong */
export function checkKeyLength(key: string, maxBytes: number): void {
  // A UTF-16 unit is at most three bytes of UTF-8: most keys need no counting.
  if (key.length * 3 > maxBytes && Buffer.byteLength(key) > maxBytes) throw new CosError('KeyTooLong');
}

/** Nothing but `/` and `.` segments: the vendor's suite shows that such keys cannot be written. */
const ONLY_DOTS = /^(?:\.?\/)*\.?$/;

/**
 * A key that is about to be written.
 * @throws CosError InvalidObjectName for the control characters CAN, EM, SUB, ESC, and for keys like `//` and `./`
 */
export function checkNewKey(key: string): void {
  const first = key.charCodeAt(0);
  if ((first === 46 || first === 47) && ONLY_DOTS.test(key)) throw new CosError('InvalidObjectName');
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code >= 24 && code <= 27) throw new CosError('InvalidObjectName');
  }
}
