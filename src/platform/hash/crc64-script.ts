/** CRC-64/XZ in plain JavaScript, for a process that may not compile WebAssembly (`--jitless`). */
import type { Crc64Tables } from './crc64-tables.ts';

/** Goes on from the CRC `from` of what came before. */
export type Crc64Update = (bytes: Uint8Array, from: bigint) => bigint;

export function createScriptUpdate({ high, low }: Crc64Tables): Crc64Update {
  /** Slicing by 8: the first four bytes meet the register's lower half, the next four its upper half. */
  return (bytes, from) => {
    let l = ~Number(from & 0xffffffffn);
    let h = ~Number(from >> 32n);
    const length = bytes.length;
    let at = 0;
    for (; at + 8 <= length; at += 8) {
      l ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      h ^= bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
      const i7 = 0x700 | (l & 255);
      const i6 = 0x600 | ((l >>> 8) & 255);
      const i5 = 0x500 | ((l >>> 16) & 255);
      const i4 = 0x400 | (l >>> 24);
      const i3 = 0x300 | (h & 255);
      const i2 = 0x200 | ((h >>> 8) & 255);
      const i1 = 0x100 | ((h >>> 16) & 255);
      const i0 = h >>> 24;
      l = low[i7]! ^ low[i6]! ^ low[i5]! ^ low[i4]! ^ low[i3]! ^ low[i2]! ^ low[i1]! ^ low[i0]!;
      h = high[i7]! ^ high[i6]! ^ high[i5]! ^ high[i4]! ^ high[i3]! ^ high[i2]! ^ high[i1]! ^ high[i0]!;
    }
    for (; at < length; at++) {
      const out = (l ^ bytes[at]!) & 255;
      l = ((l >>> 8) | (h << 24)) ^ low[out]!;
      h = (h >>> 8) ^ high[out]!;
    }
    return (BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0);
  };
}
