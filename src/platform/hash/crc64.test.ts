import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Crc64, crc64, crc64Combine, formatCrc64 } from './crc64.ts';
import { INPUT_BYTES } from './crc64-module.ts';
import { createScriptUpdate } from './crc64-script.ts';
import { buildTables } from './crc64-tables.ts';
import { createWasmUpdate } from './crc64-wasm.ts';

const POLYNOMIAL = 0xc96c5795d7870f42n;
const ALL_ONES = (1n << 64n) - 1n;

/** The definition, bit by bit. */
function bitwise(bytes: Uint8Array): bigint {
  let crc = ALL_ONES;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
  }
  return crc ^ ALL_ONES;
}

/** Bytes that look like chance, cheaply. */
function filled(length: number): Buffer {
  const out = Buffer.alloc(length);
  for (let at = 0, x = 1; at < length; at++) {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    out[at] = x >>> 16;
  }
  return out;
}

const tables = buildTables();
const kinds = [
  ['WebAssembly', createWasmUpdate(tables)!],
  ['script', createScriptUpdate(tables)],
] as const;

describe.each(kinds)('the %s form', (_name, update) => {
  it.each([
    ['', '0'],
    ['123456789', BigInt('0x995dc9bbdf1939fa').toString()],
    ['hello cos', '13242225731321912570'],
    ['[Object Content]', '16749565679157681890'],
  ])('of %j is %s', (text, decimal) => {
    expect(formatCrc64(update(Buffer.from(text), 0n))).toBe(decimal);
  });

  it('equals the definition', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(update(bytes, 0n)).toBe(bitwise(bytes));
      }),
    );
  });

  it('goes on from what came before', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), (a, b) => {
        expect(update(b, update(a, 0n))).toBe(bitwise(Buffer.concat([a, b])));
      }),
    );
  });

  it('takes bytes that do not start at an aligned address', () => {
    const bytes = filled(300);
    for (let at = 0; at < 17; at++) expect(update(bytes.subarray(at), 0n)).toBe(bitwise(bytes.subarray(at)));
  });

  it.each([INPUT_BYTES - 1, INPUT_BYTES, INPUT_BYTES + 1, 3 * INPUT_BYTES + 7])('takes %i bytes', (length) => {
    const bytes = filled(length);
    expect(update(bytes, 0n)).toBe(bitwise(bytes));
  });
});

describe('Crc64', () => {
  it('may be read between pieces', () => {
    const crc = new Crc64();
    expect(crc.digest()).toBe(0n);
    expect(crc.update(Buffer.from('1234')).digest()).toBe(bitwise(Buffer.from('1234')));
    expect(crc.update(Buffer.from('56789')).digest()).toBe(0x995dc9bbdf1939fan);
  });
});

describe('crc64Combine', () => {
  it('is the CRC of the concatenation', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), fc.uint8Array({ maxLength: 3_000 }), (a, b) => {
        expect(crc64Combine(crc64(a), crc64(b), b.length)).toBe(crc64(Buffer.concat([a, b])));
      }),
    );
  });

  it('has the empty string as neutral element on both sides', () => {
    const some = crc64(filled(1_000));
    expect(crc64Combine(some, 0n, 0)).toBe(some);
    expect(crc64Combine(0n, some, 1_000)).toBe(some);
  });

  it('is associative at lengths that no test can hold', () => {
    const word = fc.bigInt({ min: 0n, max: ALL_ONES });
    const length = fc.integer({ min: 0, max: 50 * 1024 ** 4 });
    fc.assert(
      fc.property(word, word, word, length, length, (a, b, c, lengthB, lengthC) => {
        const left = crc64Combine(crc64Combine(a, b, lengthB), c, lengthC);
        expect(left).toBe(crc64Combine(a, crc64Combine(b, c, lengthC), lengthB + lengthC));
      }),
    );
  });

  it('reaches 5 GiB in 5,120 equal steps as by doubling', () => {
    const mebibyte = 1024 ** 2;
    const gibibyte = 1024 ** 3;
    const piece = crc64(filled(mebibyte));
    let stepped = 0n;
    for (let count = 0; count < 5 * 1024; count++) stepped = crc64Combine(stepped, piece, mebibyte);
    let doubled = piece;
    for (let length = mebibyte; length < 4 * gibibyte; length *= 2) doubled = crc64Combine(doubled, doubled, length);
    let one = piece;
    for (let length = mebibyte; length < gibibyte; length *= 2) one = crc64Combine(one, one, length);
    expect(stepped).toBe(crc64Combine(one, doubled, 4 * gibibyte));
    expect(stepped).toBe(crc64Combine(doubled, one, gibibyte));
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the length %d', (length) => {
    expect(() => crc64Combine(1n, 1n, length)).toThrow(RangeError);
  });
});

describe('without WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it.each([
    ['absent', undefined],
    [
      'forbidden',
      {
        Module: class {
          constructor() {
            throw new Error('not allowed');
          }
        },
      },
    ],
  ])('the script takes over when it is %s', async (_case, api) => {
    vi.stubGlobal('WebAssembly', api);
    expect(createWasmUpdate(tables)).toBeUndefined();
    vi.resetModules();
    const fresh = await import('./crc64.ts');
    expect(fresh.crc64(Buffer.from('123456789'))).toBe(0x995dc9bbdf1939fan);
  });
});

describe('formatCrc64', () => {
  it('is unsigned decimal', () => {
    expect(formatCrc64(0n)).toBe('0');
    expect(formatCrc64(-1n)).toBe('18446744073709551615');
    expect(formatCrc64(ALL_ONES)).toBe('18446744073709551615');
  });
});
