/** ETags and checksums, written from their definitions. Source: spec/objects.md §2.7, §2.8. */
import { createHash } from 'node:crypto';

/** Lower-case hex. */
export function md5Hex(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** As S3: the MD5 of the parts' MD5s, and how many there are. In quotes. */
export function multipartEtag(parts: readonly Buffer[]): string {
  const digests = parts.map((part) => Buffer.from(md5Hex(part), 'hex'));
  return `"${md5Hex(Buffer.concat(digests))}-${parts.length}"`;
}

const POLYNOMIAL = 0xc96c5795d7870f42n;
const ONES = 0xffff_ffff_ffff_ffffn;
const table = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = (crc >> 1n) ^ (crc & 1n ? POLYNOMIAL : 0n);
  return crc;
});

/** Unsigned decimal. */
export function crcText(bytes: Buffer): string {
  let crc = ONES;
  for (const byte of bytes) crc = (crc >> 8n) ^ table[Number((crc ^ BigInt(byte)) & 0xffn)]!;
  return (crc ^ ONES).toString();
}
