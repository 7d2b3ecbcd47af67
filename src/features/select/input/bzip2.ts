/**
 * bzip2 decompression in bounded memory: one block (at most 900 kB before its last run-length code) at a time, output
 * in pieces as it is asked for. A block of 50 bytes may stand for 45 MB, so a decoder that hands over whole blocks
 * would let a small object take all memory. Format: the block-sorting layout of bzip2 0.9.0 and later, without the
 * randomised blocks of older versions.
 */
import { Bzip2Fault, Input } from './bzip2-bits.ts';
import { type Block, readBlock } from './bzip2-block.ts';

const OUTPUT = 64 * 1024;
const BLOCK_UNIT = 100_000;

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value;
});

/** One stream or several in a row. @throws Bzip2Fault */
export async function* bunzip2(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new Input(chunks);
  try {
    do {
      yield* oneStream(input);
    } while (await input.hasMore());
  } finally {
    await input.close();
  }
}

async function* oneStream(input: Input): AsyncGenerator<Buffer> {
  const level = await input.parse(4, (bits) => {
    if (bits.read(24) !== 0x425a68) throw new Bzip2Fault('no magic number');
    return bits.read(8) - 0x30;
  });
  if (level < 1 || level > 9) throw new Bzip2Fault('unknown block size');
  const size = level * BLOCK_UNIT;
  const scratch = new Uint32Array(size);
  let combined = 0;
  for (;;) {
    const block = await input.parse(size + BLOCK_UNIT / 4, (bits) => readBlock(bits, scratch));
    if ('end' in block) {
      if (block.end !== combined) throw new Bzip2Fault('checksum of the stream');
      return;
    }
    const crc = yield* unsorted(scratch, block);
    if (crc !== block.crc) throw new Bzip2Fault('checksum of a block');
    combined = (crc ^ ((combined << 1) | (combined >>> 31))) | 0;
  }
}

/** Follows the links and undoes the first run-length code: four equal bytes are followed by how many more. */
function* unsorted(scratch: Uint32Array, { origin, count }: Block): Generator<Buffer, number> {
  let output = Buffer.allocUnsafe(OUTPUT);
  let filled = 0;
  let crc = -1;
  let place = scratch[origin]! >>> 8;
  let equal = 0;
  let previous = -1;
  for (let left = count; left > 0; left--) {
    const entry = scratch[place]!;
    const byte = entry & 0xff;
    place = entry >>> 8;
    let copies = 1;
    let value = byte;
    if (equal === 4) {
      copies = byte;
      value = previous;
      equal = 0;
      previous = -1;
    } else {
      equal = byte === previous ? equal + 1 : 1;
      previous = byte;
    }
    for (; copies > 0; copies--) {
      crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ value]!;
      output[filled++] = value;
      if (filled === OUTPUT) {
        yield output;
        output = Buffer.allocUnsafe(OUTPUT);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield output.subarray(0, filled);
  return ~crc;
}
