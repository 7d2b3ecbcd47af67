/**
 * The CRCs that Amazon S3 has for checksums: CRC-32, CRC-32C and CRC-64/NVME. They run in the WebAssembly module of
 * CRC-64/XZ with tables of their own: a register of 32 bits is the lower half of one of 64. Source: spec/s3.md §5.2.
 */
import zlib from 'node:zlib';
import { type Combine, createCombine } from './crc64-combine.ts';
import { type Crc64Update, createScriptUpdate } from './crc64-script.ts';
import { buildTables, type Generator } from './crc64-tables.ts';
import { createWasmUpdate } from './crc64-wasm.ts';

export interface Crc {
  readonly bytes: 4 | 8;
  /** Goes on from the CRC `from` of what came before; 0n at the start. */
  readonly update: Crc64Update;
  readonly combine: Combine;
}

export const GENERATORS = {
  CRC32: { high: 0, low: 0xedb8_8320 | 0 },
  CRC32C: { high: 0, low: 0x82f6_3b78 | 0 },
  CRC64NVME: { high: 0x9a6c_9329 | 0, low: 0xac4b_c9b5 | 0 },
} as const satisfies Record<string, Generator>;

export type CrcName = keyof typeof GENERATORS;

const UPPER_HALF = 0xffff_ffff_0000_0000n;
const LOWER_HALF = 0xffff_ffffn;

/** @param compile gives undefined where there is no WebAssembly */
export function createCrcUpdate(name: CrcName, compile: typeof createWasmUpdate = createWasmUpdate): Crc64Update {
  const tables = buildTables(GENERATORS[name]);
  const update = compile(tables) ?? createScriptUpdate(tables);
  if (name === 'CRC64NVME') return update;
  // The module turns all 64 bits over before and after: the upper half is kept at 0 in between.
  return (bytes, from) => update(bytes, from | UPPER_HALF) & LOWER_HALF;
}

const native = (zlib as { crc32?: (bytes: Uint8Array, start?: number) => number }).crc32;
const nativeCrc32: Crc64Update | undefined =
  native === undefined ? undefined : (bytes, from) => BigInt(native(bytes, Number(from)));

const created = new Map<CrcName, Crc>();

/** Made when first asked for: most servers never need all of them. */
export function crcOf(name: CrcName): Crc {
  let crc = created.get(name);
  if (crc === undefined) {
    const degree = name === 'CRC64NVME' ? 64 : 32;
    crc = {
      bytes: degree === 64 ? 8 : 4,
      update: name === 'CRC32' && nativeCrc32 !== undefined ? nativeCrc32 : createCrcUpdate(name),
      combine: createCombine(GENERATORS[name], degree),
    };
    created.set(name, crc);
  }
  return crc;
}
