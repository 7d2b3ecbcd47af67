/** CRC-64/XZ. Source: spec/protocol.md §8.1. */
const TABLES: BigUint64Array[] = [];
for (let t = 0; t < 8; t++) {
  const table = new BigUint64Array(256);
  for (let i = 0; i < 256; i++) {
    if (t === 0) {
      let crc = BigInt(i);
      for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
      table[i] = crc;
    } else {
      const previous = TABLES[t - 1]![i]!;
      table[i] = (previous >> 8n) ^ TABLES[0]![Number(previous & 0xffn)]!;
    }
  }
  TABLES.push(table);
}

export function crc64(buffer: Uint8Array, from = 0n): bigint {
  let crc = BigInt.asUintN(64, ~from);
  const table = TABLES[0]!;
  for (const byte of buffer) crc = (crc >> 8n) ^ table[Number((crc ^ BigInt(byte)) & 0xffn)]!;
  return BigInt.asUintN(64, ~crc);
}

export function crc64Combine(crcA: bigint, crcB: bigint, lengthB: number): bigint {
  if (lengthB === 0) return crcA;
  let odd = new BigUint64Array(64);
  let even = new BigUint64Array(64);
  odd[0] = 0xc96c5795d7870f42n;
  for (let i = 1; i < 64; i++) odd[i] = 1n << BigInt(i - 1);
  even = square(odd);
  odd = square(even);
  let crc = crcA;
  let length = BigInt(lengthB);
  while (length > 0n) {
    even = square(odd);
    if (length & 1n) crc = times(even, crc);
    length >>= 1n;
    if (length === 0n) break;
    odd = square(even);
    if (length & 1n) crc = times(odd, crc);
    length >>= 1n;
  }
  return crc ^ crcB;
}

function times(matrix: BigUint64Array, vector: bigint): bigint {
  let sum = 0n;
  for (let i = 0; vector > 0n; i++, vector >>= 1n) if (vector & 1n) sum ^= matrix[i]!;
  return sum;
}

function square(matrix: BigUint64Array): BigUint64Array<ArrayBuffer> {
  const out = new BigUint64Array(64);
  for (let i = 0; i < 64; i++) out[i] = times(matrix, matrix[i]!);
  return out;
}
