/**
 * The tables of a reflected CRC in a register of 64 bits for slicing by 16; of CRC-64/XZ (ECMA-182) unless another
 * polynomial is named. Entry `byte` of slice `n` is the register's share of a byte that `n` further bytes follow.
 */

/** The generator polynomial, reflected: bit 31 of `POLYNOMIAL_HIGH` is x⁰. Source: spec/protocol.md §8.1. */
const POLYNOMIAL_HIGH = 0xc96c5795 | 0;
const POLYNOMIAL_LOW = 0xd7870f42 | 0;

export const SLICES = 16;

export interface Crc64Tables {
  /** Upper halves of `SLICES` × 256 entries, slice by slice. */
  readonly high: Int32Array;
  /** Lower halves. */
  readonly low: Int32Array;
}

/** A generator polynomial of degree 64, reflected; one of degree 32 stands in the lower half, the upper half is 0. */
export interface Generator {
  readonly high: number;
  readonly low: number;
}

export const ECMA: Generator = { high: POLYNOMIAL_HIGH, low: POLYNOMIAL_LOW };

export function buildTables(generator: Generator = ECMA): Crc64Tables {
  const high = new Int32Array(SLICES * 256);
  const low = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let h = 0;
    let l = byte;
    for (let bit = 0; bit < 8; bit++) {
      const carry = -(l & 1);
      l = ((l >>> 1) | (h << 31)) ^ (generator.low & carry);
      h = (h >>> 1) ^ (generator.high & carry);
    }
    high[byte] = h;
    low[byte] = l;
  }
  for (let entry = 256; entry < SLICES * 256; entry++) {
    const h = high[entry - 256]!;
    const l = low[entry - 256]!;
    const out = l & 255;
    low[entry] = ((l >>> 8) | (h << 24)) ^ low[out]!;
    high[entry] = (h >>> 8) ^ high[out]!;
  }
  return { high, low };
}
