/**
 * The CRC of two strings after each other, from the CRCs of both: CRC(A ‖ B) = CRC(A) · x^(8 · |B|) + CRC(B) in
 * GF(2)[x] modulo the generator polynomial (the all-ones start and end values cancel out). Polynomials are halves of
 * 64 bits, reflected: bit 31 of the upper half is x⁰.
 */
import { POLYNOMIAL_HIGH, POLYNOMIAL_LOW } from './crc64-tables.ts';

interface Polynomial {
  readonly high: number;
  readonly low: number;
}

/** a · b modulo the generator polynomial. */
function multiply(a: Polynomial, b: Polynomial): Polynomial {
  let high = 0;
  let low = 0;
  let h = b.high;
  let l = b.low;
  for (let bit = 0; bit < 64; bit++) {
    const takes = -(((bit < 32 ? a.high : a.low) >>> (31 - (bit & 31))) & 1);
    high ^= h & takes;
    low ^= l & takes;
    const carry = -(l & 1);
    l = ((l >>> 1) | (h << 31)) ^ (POLYNOMIAL_LOW & carry);
    h = (h >>> 1) ^ (POLYNOMIAL_HIGH & carry);
  }
  return { high, low };
}

const ONE: Polynomial = { high: 1 << 31, low: 0 };
/** `POWERS[n]` is x^(8 · 2ⁿ): as many as a safe integer has bits. */
const POWERS: readonly Polynomial[] = powers();

function powers(): Polynomial[] {
  const out: Polynomial[] = [{ high: 1 << 23, low: 0 }];
  while (out.length < 53) out.push(multiply(out.at(-1)!, out.at(-1)!));
  return out;
}

/** x^(8 · length) */
function shiftBy(length: number): Polynomial {
  let out = ONE;
  for (let rest = length, bit = 0; rest > 0; rest = Math.floor(rest / 2), bit++) {
    if (rest % 2 === 1) out = multiply(out, POWERS[bit]!);
  }
  return out;
}

/** Parts of an upload mostly have one length: the last shift is the next one. */
let lastLength = 0;
let lastShift = ONE;

/**
 * The CRC of A ‖ B.
 * @param lengthB bytes of B, at most `Number.MAX_SAFE_INTEGER`
 */
export function crc64Combine(crcA: bigint, crcB: bigint, lengthB: number): bigint {
  if (!Number.isSafeInteger(lengthB) || lengthB < 0) throw new RangeError(`no length: ${lengthB}`);
  if (lengthB !== lastLength) {
    lastShift = shiftBy(lengthB);
    lastLength = lengthB;
  }
  const a = { high: Number(crcA >> 32n) | 0, low: Number(crcA & 0xffffffffn) | 0 };
  const { high, low } = multiply(a, lastShift);
  return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) ^ crcB;
}
