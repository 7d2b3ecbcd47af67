/**
 * The WebAssembly module of the CRC, assembled from its instructions when the process starts: what runs is what stands
 * here, and no tool chain is needed. In the text format it is
 *
 *     (module
 *       (memory (export "memory") PAGES)
 *       (func (export "update") (param $crc i64) (param $at i32) (param $length i32) (result i64)
 *         (local $end i32) (local $a i64) (local $b i64)
 *         …))
 *
 * with the tables at address 0 (slice n at n × 2048, eight bytes an entry, little-endian) and the bytes to sum after
 * them.
 */
import { SLICES } from './crc64-tables.ts';

/** Where the bytes to sum go. */
export const INPUT_AT = SLICES * 2048;
/** How many fit. */
export const INPUT_BYTES = 64 * 1024;
const PAGES = Math.ceil((INPUT_AT + INPUT_BYTES) / 65_536);

const I32 = 0x7f;
const I64 = 0x7e;
const VOID = 0x40;

// Locals of the function, parameters first.
const CRC = 0;
const AT = 1;
const LENGTH = 2;
const END = 3;
const A = 4;
const B = 5;

type Code = readonly number[];

/** LEB128, unsigned. */
function unsigned(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) out.push((rest & 127) | 128);
  return [...out, rest];
}

/** LEB128, signed. */
function signed(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest < -64 || rest > 63; rest >>= 7) out.push((rest & 127) | 128);
  return [...out, rest & 127];
}

// Instructions, named as in the text format; operands come before the operator, as they run.
const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const i32Const = (value: number): Code => [0x41, ...signed(value)];
const i64Const = (value: number): Code => [0x42, ...signed(value)];
const i32Add: Code = [0x6a];
const i32Sub: Code = [0x6b];
const i32And: Code = [0x71];
const i32LtU: Code = [0x49];
const i64Shl: Code = [0x86];
const i64ShrU: Code = [0x88];
const i64Xor: Code = [0x85];
const i64And: Code = [0x83];
const i32WrapI64: Code = [0xa7];
const end: Code = [0x0b];
const branch = (depth: number): Code => [0x0c, depth];
const branchIf = (depth: number): Code => [0x0d, depth];
/** Alignment is a hint: 0 says nothing. */
const i64Load = (offset: number): Code => [0x29, 0, ...unsigned(offset)];
const i64Load8U = (offset: number): Code => [0x31, 0, ...unsigned(offset)];

/** $local = value */
const assign = (local: number, ...value: Code[]): Code => [...value.flat(), ...set(local)];
/** The entry of `slice` for byte `index` of the word in `local`: the byte × 8 is cut out of the word in one step. */
function lookUp(local: number, index: number, slice: number): Code {
  const shift = index === 0 ? [...i64Const(3), ...i64Shl] : [...i64Const(index * 8 - 3), ...i64ShrU];
  return [...get(local), ...shift, ...i32WrapI64, ...i32Const(0x7f8), ...i32And, ...i64Load(slice * 2048)];
}

/** The entries of the eight bytes of the word in `local`; `slice` is the one of its last byte. */
function lookUpWord(local: number, slice: number): Code {
  const code: number[] = [];
  for (let index = 0; index < 8; index++) {
    code.push(...lookUp(local, index, slice + 7 - index));
    if (index > 0) code.push(...i64Xor);
  }
  return code;
}

/** Runs `body` and steps $at on, while at least `step` bytes are left before $end. */
function whileLeft(step: number, ...body: Code[]): Code {
  return [
    ...[0x02, VOID], // block
    ...[0x03, VOID], // loop
    ...[...get(END), ...get(AT), ...i32Sub, ...i32Const(step), ...i32LtU, ...branchIf(1)],
    ...body.flat(),
    ...assign(AT, get(AT), i32Const(step), i32Add),
    ...branch(0),
    ...[...end, ...end],
  ];
}

const INVERT: Code = [...i64Const(-1), ...i64Xor];

const UPDATE: Code = [
  ...assign(CRC, get(CRC), INVERT),
  ...assign(END, get(AT), get(LENGTH), i32Add),
  ...whileLeft(
    16,
    assign(A, get(CRC), get(AT), i64Load(0), i64Xor),
    assign(B, get(AT), i64Load(8)),
    assign(CRC, lookUpWord(B, 0), lookUpWord(A, 8), i64Xor),
  ),
  ...whileLeft(
    1,
    assign(A, get(CRC), get(AT), i64Load8U(0), i64Xor, i64Const(255), i64And),
    assign(CRC, lookUp(A, 0, 0), get(CRC), i64Const(8), i64ShrU, i64Xor),
  ),
  ...[...get(CRC), ...INVERT],
  ...end,
];

const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];
const named = (name: string): Code => sized([...name].map((char) => char.charCodeAt(0)));

/** The binary form. */
export function assemble(): Uint8Array<ArrayBuffer> {
  const locals = list([
    [1, I32], // $end
    [2, I64], // $a, $b
  ]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [[0x60, ...list([[I64], [I32], [I32]]), ...list([[I64]])]]),
    ...section(3, [[0]]),
    ...section(5, [[0, PAGES]]),
    ...section(7, [
      [...named('memory'), 2, 0],
      [...named('update'), 0, 0],
    ]),
    ...section(10, [sized([...locals, ...UPDATE])]),
  ]);
}
