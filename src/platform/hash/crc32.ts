/** CRC-32 (IEEE) of log records and event-stream messages. Node's own where it has one (20.15 and later), else a table. */
import zlib from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  return value;
});

export function tableCrc32(bytes: Buffer, start = 0): number {
  let crc = ~start;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

const native = (zlib as { crc32?: (bytes: Buffer, start?: number) => number }).crc32;

/** @param start the checksum of what came before */
export const crc32: (bytes: Buffer, start?: number) => number = native ?? tableCrc32;
