/** Comparison of what somebody claims with what only we can know. */
import { timingSafeEqual } from 'node:crypto';

/** Signatures are no longer; longer texts get buffers of their own. */
const MOST_HELD = 64;
const given = Buffer.alloc(MOST_HELD);
const wanted = Buffer.alloc(MOST_HELD);
/** By length. */
const held = Array.from({ length: MOST_HELD + 1 }, (_, n) => [given.subarray(0, n), wanted.subarray(0, n)] as const);

/** In a time that does not tell where they differ. @param a one byte a character, as headers have it */
export function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  if (a.length > MOST_HELD) return timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
  const [left, right] = held[a.length]!;
  left.write(a, 'latin1');
  right.write(b, 'latin1');
  return timingSafeEqual(left, right);
}
