/** CRC-64/XZ in WebAssembly, slicing by 16. */
import { assemble, INPUT_AT, INPUT_BYTES } from './crc64-module.ts';
import type { Crc64Update } from './crc64-script.ts';
import type { Crc64Tables } from './crc64-tables.ts';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Takes and gives the CRC as a signed number. */
  readonly update: (crc: bigint, at: number, length: number) => bigint;
}

/** The part of the global `WebAssembly` in use: Node's types leave it out. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

/** undefined where the process has no WebAssembly, or may not compile it. */
export function createWasmUpdate({ high, low }: Crc64Tables): Crc64Update | undefined {
  const { WebAssembly } = globalThis as { WebAssembly?: WebAssemblyApi };
  if (WebAssembly === undefined) return undefined;
  let exports: Exports;
  try {
    exports = new WebAssembly.Instance(new WebAssembly.Module(assemble())).exports as Exports;
  } catch {
    return undefined;
  }
  const { memory, update } = exports;
  const view = new DataView(memory.buffer);
  for (let entry = 0; entry < high.length; entry++) {
    view.setInt32(entry * 8, low[entry]!, true);
    view.setInt32(entry * 8 + 4, high[entry]!, true);
  }
  const input = new Uint8Array(memory.buffer, INPUT_AT, INPUT_BYTES);
  return (bytes, from) => {
    const { length } = bytes;
    let crc = from;
    if (length <= INPUT_BYTES) {
      input.set(bytes);
      crc = update(crc, INPUT_AT, length);
    } else {
      for (let at = 0; at < length; at += INPUT_BYTES) {
        const piece = bytes.subarray(at, at + INPUT_BYTES);
        input.set(piece);
        crc = update(crc, INPUT_AT, piece.length);
      }
    }
    return BigInt.asUintN(64, crc);
  };
}
