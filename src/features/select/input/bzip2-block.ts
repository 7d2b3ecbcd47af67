/** One block of bzip2: Huffman codes, move-to-front, run lengths, and the links of the sorted text. */
import { type Bits, Bzip2Fault } from './bzip2-bits.ts';

const MAX_CODE_BITS = 20;
const GROUP = 50;
const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;

export interface Block {
  readonly crc: number;
  readonly origin: number;
  /** Bytes in the scratch. */
  readonly count: number;
}

export function readBlock(bits: Bits, scratch: Uint32Array): Block | { readonly end: number } {
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
