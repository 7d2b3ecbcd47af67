/** CRC-64/XZ, the checksum COS gives each object as `x-cos-hash-crc64ecma`. Source: spec/protocol.md §8.1. */
import { createScriptUpdate } from './crc64-script.ts';
import { buildTables } from './crc64-tables.ts';
import { createWasmUpdate } from './crc64-wasm.ts';

export { crc64Combine } from './crc64-combine.ts';

const tables = buildTables();
const update = createWasmUpdate(tables) ?? createScriptUpdate(tables);

/**
 * The CRC of the bytes, as an unsigned 64-bit number.
 * @param from the CRC of what came before
 */
export function crc64(bytes: Uint8Array, from = 0n): bigint {
  return update(bytes, from);
}

/** The CRC of bytes that come in pieces. */
export class Crc64 {
  #crc = 0n;

  update(bytes: Uint8Array): this {
    this.#crc = update(bytes, this.#crc);
    return this;
  }

  /** Of all bytes so far; more may follow. */
  digest(): bigint {
    return this.#crc;
  }
}

/** As the header has it: unsigned decimal. */
export function formatCrc64(crc: bigint): string {
  return BigInt.asUintN(64, crc).toString();
}
