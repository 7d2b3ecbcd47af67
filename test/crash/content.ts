/** What objects hold: pieces that can be made again from their numbers. Equal numbers, equal bytes; no two alike. */
import { createHash } from 'node:crypto';
import { Random } from './random.ts';

export interface Piece {
  /** Never used twice in a run. */
  readonly id: number;
  /** bytes */
  readonly length: number;
}

/** An object's bytes; undefined: there is no object. */
export type Content = readonly Piece[] | undefined;

const PATTERN_BYTES = 8 * 1024 ** 2;
const HEAD_BYTES = 16;
const pattern = makePattern();

function makePattern(): Buffer {
  const random = new Random(1);
  const out = Buffer.allocUnsafe(PATTERN_BYTES);
  for (let at = 0; at < PATTERN_BYTES; at += 4) out.writeUInt32LE(Math.floor(random.next() * 2 ** 32), at);
  return out;
}

/** The longest piece, bytes. */
export const LONGEST_PIECE = PATTERN_BYTES / 2;

/** Each piece begins with its number and goes on from a place in the pattern that depends on it. */
export function bytesOfPiece({ id, length }: Piece): Buffer {
  const out = Buffer.allocUnsafe(length);
  const from = Math.imul(id, 40_503) & (PATTERN_BYTES / 2 - 1);
  pattern.copy(out, 0, from, from + length);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(0xc0ffee, 0);
  head.writeUInt32BE(id, 4);
  head.writeUInt32BE(length, 8);
  head.copy(out, 0, 0, Math.min(length, HEAD_BYTES));
  return out;
}

export function bytesOf(pieces: readonly Piece[]): Buffer {
  return pieces.length === 1 ? bytesOfPiece(pieces[0]!) : Buffer.concat(pieces.map(bytesOfPiece));
}

export function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

export function sameContent(a: Content, b: Content): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every(({ id, length }, at) => id === b[at]!.id && length === b[at]!.length);
}

/** @param body undefined: there is no object */
export function holds(body: Buffer | undefined, content: Content): boolean {
  if (body === undefined || content === undefined) return body === content;
  return body.length === lengthOf(content) && body.equals(bytesOf(content));
}

export function md5Of(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
