/**
 * bzip2 decompression in bounded memory: one block (at most 900 kB before its last run-length code) at a time, output
 * in pieces as it is asked for. A block of 50 bytes may stand for 45 MB, so a decoder that hands over whole blocks
 * would let a small object take all memory. Format: the block-sorting layout of bzip2 0.9.0 and later, without the
 * randomised blocks of older versions.
 */

const OUTPUT = 64 * 1024;
const MAX_CODE_BITS = 20;
const GROUP = 50;
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;
const BLOCK_UNIT = 100_000;
/** No block of a sane encoder is longer; a longer one is refused. Bytes. */
const MAX_PACKED = 4 * 1024 * 1024;

export class Bzip2Fault extends Error {}

/** Thrown where the bytes at hand end within something. */
class NeedsMore extends Error {}
const NEEDS_MORE = new NeedsMore();

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

/** The bytes at hand, and where in them the next bit is. */
class Input {
  readonly #chunks: AsyncIterator<Buffer>;
  #bytes: Buffer = Buffer.alloc(0);
  #bit = 0;
  #ended = false;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Runs a parser over the bits; when they end too early, again with more. @param expected bytes it needs as a rule */
  async parse<T>(expected: number, parser: (bits: Bits) => T): Promise<T> {
    for (let wanted = expected; ; wanted *= 2) {
      await this.#fill(wanted);
      const bits = new Bits(this.#bytes, this.#bit);
      try {
        const result = parser(bits);
        this.#bytes = this.#bytes.subarray(bits.at >> 3);
        this.#bit = bits.at & 7;
        return result;
      } catch (error) {
        if (!(error instanceof NeedsMore)) throw error;
        if (this.#ended || wanted > MAX_PACKED) throw new Bzip2Fault('unexpected end');
      }
    }
  }

  /** Whether another stream follows; the bits up to the next byte are padding. */
  async hasMore(): Promise<boolean> {
    if (this.#bit > 0) {
      this.#bytes = this.#bytes.subarray(1);
      this.#bit = 0;
    }
    await this.#fill(1);
    return this.#bytes.length > 0;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(wanted: number): Promise<void> {
    if (this.#bytes.length >= wanted) return;
    const parts = [this.#bytes];
    for (let have = this.#bytes.length; have < wanted && !this.#ended; ) {
      const next = await this.#chunks.next();
      if (next.done) this.#ended = true;
      else {
        parts.push(next.value);
        have += next.value.length;
      }
    }
    this.#bytes = Buffer.concat(parts);
  }
}

class Bits {
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = bytes.length * 8;
  }

  bit(): number {
    if (this.at >= this.#end) throw NEEDS_MORE;
    const bit = (this.#bytes[this.at >> 3]! >> (7 - (this.at & 7))) & 1;
    this.at += 1;
    return bit;
  }

  /** @param count up to 48 */
  read(count: number): number {
    let value = 0;
    for (let left = count; left > 0; ) {
      if (this.at >= this.#end) throw NEEDS_MORE;
      const available = 8 - (this.at & 7);
      const taken = Math.min(available, left);
      const byte = this.#bytes[this.at >> 3]!;
      value = value * (1 << taken) + ((byte >> (available - taken)) & ((1 << taken) - 1));
      this.at += taken;
      left -= taken;
    }
    return value;
  }
}

interface Block {
  readonly crc: number;
  readonly origin: number;
  /** Bytes in the scratch. */
  readonly count: number;
}

function readBlock(bits: Bits, scratch: Uint32Array): Block | { readonly end: number } {
  const magic = bits.read(48);
  if (magic === END_MAGIC) return { end: bits.read(32) | 0 };
  if (magic !== BLOCK_MAGIC) throw new Bzip2Fault('no block');
  const crc = bits.read(32) | 0;
  if (bits.bit() === 1) throw new Bzip2Fault('a randomised block');
  const origin = bits.read(24);
  const symbols = readSymbols(bits);
  const tableCount = bits.read(3);
  if (tableCount < 2 || tableCount > 6) throw new Bzip2Fault('number of tables');
  const selectors = readSelectors(bits, tableCount);
  const tables = Array.from({ length: tableCount }, () => readTable(bits, symbols.length + 2));
  const count = readData(bits, symbols, selectors, tables, scratch);
  if (origin >= count) throw new Bzip2Fault('origin');
  link(scratch, count);
  return { crc, origin, count };
}

function readSymbols(bits: Bits): number[] {
  const groups = bits.read(16);
  const symbols: number[] = [];
  for (let group = 0; group < 16; group++) {
    if ((groups & (0x8000 >> group)) === 0) continue;
    const used = bits.read(16);
    for (let i = 0; i < 16; i++) if (used & (0x8000 >> i)) symbols.push(group * 16 + i);
  }
  if (symbols.length === 0) throw new Bzip2Fault('no symbols');
  return symbols;
}

function readSelectors(bits: Bits, tableCount: number): Uint8Array {
  const selectors = new Uint8Array(bits.read(15));
  if (selectors.length === 0) throw new Bzip2Fault('no selectors');
  const order = Array.from({ length: tableCount }, (_, i) => i);
  for (let i = 0; i < selectors.length; i++) {
    let place = 0;
    while (bits.bit() === 1) if (++place >= tableCount) throw new Bzip2Fault('selector');
    const [table] = order.splice(place, 1);
    order.unshift(table!);
    selectors[i] = table!;
  }
  return selectors;
}

interface Table {
  readonly shortest: number;
  /** By code length: the largest code, −1 when there is none, and what to take from a code to get its place. */
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
}

function readTable(bits: Bits, count: number): Table {
  const lengths = new Uint8Array(count);
  let length = bits.read(5);
  for (let i = 0; i < count; i++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS) throw new Bzip2Fault('code length');
      if (bits.bit() === 0) break;
      length += bits.bit() === 0 ? 1 : -1;
    }
    lengths[i] = length;
  }
  const limits = new Int32Array(MAX_CODE_BITS + 1).fill(-1);
  const bases = new Int32Array(MAX_CODE_BITS + 1);
  const symbols = new Uint16Array(count);
  let code = 0;
  let place = 0;
  for (let size = 1; size <= MAX_CODE_BITS; size++) {
    const first = code;
    bases[size] = first - place;
    for (let i = 0; i < count; i++) {
      if (lengths[i] !== size) continue;
      symbols[place++] = i;
      code += 1;
    }
    if (code > first) limits[size] = code - 1;
    code <<= 1;
  }
  return { shortest: Math.min(...lengths), limits, bases, symbols };
}

/** Huffman codes, move-to-front and runs of zeros back to the last column of the sorted block. */
function readData(
  bits: Bits,
  symbols: readonly number[],
  selectors: Uint8Array,
  tables: readonly Table[],
  scratch: Uint32Array,
): number {
  const front = Uint8Array.from(symbols);
  const endOfBlock = symbols.length + 1;
  let count = 0;
  let run = 0;
  let runWeight = 1;
  for (let group = 0; group < selectors.length; group++) {
    const table = tables[selectors[group]!]!;
    for (let i = 0; i < GROUP; i++) {
      const symbol = readCode(bits, table);
      if (symbol <= 1) {
        run += runWeight << symbol;
        runWeight <<= 1;
        if (run > scratch.length) throw new Bzip2Fault('run');
        continue;
      }
      if (run > 0) {
        if (count + run > scratch.length) throw new Bzip2Fault('block size');
        scratch.fill(front[0]!, count, count + run);
        count += run;
        run = 0;
        runWeight = 1;
      }
      if (symbol === endOfBlock) return count;
      if (count >= scratch.length) throw new Bzip2Fault('block size');
      const place = symbol - 1;
      const value = front[place]!;
      front.copyWithin(1, 0, place);
      front[0] = value;
      scratch[count++] = value;
    }
  }
  throw new Bzip2Fault('no end of block');
}

function readCode(bits: Bits, table: Table): number {
  let code = bits.read(table.shortest);
  for (let size = table.shortest; size <= MAX_CODE_BITS; size++) {
    if (code <= table.limits[size]!) {
      const symbol = table.symbols[code - table.bases[size]!];
      if (symbol === undefined) throw new Bzip2Fault('code');
      return symbol;
    }
    code = (code << 1) | bits.bit();
  }
  throw new Bzip2Fault('code');
}

/** Puts into the upper 24 bits of each place which place follows it in the text. */
function link(scratch: Uint32Array, count: number): void {
  const next = new Uint32Array(256);
  for (let i = 0; i < count; i++) next[scratch[i]!]! += 1;
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const size = next[byte]!;
    next[byte] = sum;
    sum += size;
  }
  for (let i = 0; i < count; i++) {
    const byte = scratch[i]! & 0xff;
    const place = next[byte]!;
    next[byte] = place + 1;
    scratch[place] = (scratch[place]! | (i << 8)) >>> 0;
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
