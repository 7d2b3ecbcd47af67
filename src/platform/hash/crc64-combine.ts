/**
 * The CRC of two strings after each other, from the CRCs of both: CRC(A ‖ B) = CRC(A) · x^(8 · |B|) + CRC(B) in
 * GF(2)[x] modulo the generator polynomial (the all-ones start and end values cancel out). Polynomials are halves of
 * 64 bits, reflected: bit 31 of the upper half is x⁰, and where the generator has degree 32, bit 31 of the lower one.
 */
import { ECMA, type Generator } from './crc64-tables.ts';

/** As a generator is written. */
type Polynomial = Generator;

/** @param lengthB bytes of B, at most `Number.MAX_SAFE_INTEGER` @returns the CRC of A ‖ B */
export type Combine = (crcA: bigint, crcB: bigint, lengthB: number) => bigint;

export function createCombine(generator: Generator, degree: 32 | 64): Combine {
  const first = 64 - degree;

  /** a · b modulo the generator polynomial. */
  function multiply(a: Polynomial, b: Polynomial): Polynomial {
    let high = 0;
    let low = 0;
    let h = b.high;
    let l = b.low;
    for (let bit = first; bit < 64; bit++) {
      const takes = -(((bit < 32 ? a.high : a.low) >>> (31 - (bit & 31))) & 1);
      high ^= h & takes;
      low ^= l & takes;
      const carry = -(l & 1);
      l = ((l >>> 1) | (h << 31)) ^ (generator.low & carry);
      h = (h >>> 1) ^ (generator.high & carry);
    }
    return { high, low };
  }

  const power = (exponent: number): Polynomial => {
    const bit = 1 << (31 - exponent);
    return degree === 64 ? { high: bit, low: 0 } : { high: 0, low: bit };
  };
  const one = power(0);
  /** `powers[n]` is x^(8 · 2ⁿ): as many as a safe integer has bits. */
  const powers = [power(8)];
  while (powers.length < 53) powers.push(multiply(powers.at(-1)!, powers.at(-1)!));

  /** x^(8 · length) */
  function shiftBy(length: number): Polynomial {
    let out = one;
    for (let rest = length, bit = 0; rest > 0; rest = Math.floor(rest / 2), bit++) {
      if (rest % 2 === 1) out = multiply(out, powers[bit]!);
    }
    return out;
  }

  /** Parts of an upload mostly have one length: the last shift is the next one. */
  let lastLength = 0;
  let lastShift = one;

  return (crcA, crcB, lengthB) => {
    if (!Number.isSafeInteger(lengthB) || lengthB < 0) throw new RangeError(`no length: ${lengthB}`);
    if (lengthB !== lastLength) {
      lastShift = shiftBy(lengthB);
      lastLength = lengthB;
    }
    const a = { high: Number(crcA >> 32n) | 0, low: Number(crcA & 0xffffffffn) | 0 };
    const { high, low } = multiply(a, lastShift);
    return ((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)) ^ crcB;
  };
}

/** Of CRC-64/XZ. */
export const crc64Combine = createCombine(ECMA, 64);
