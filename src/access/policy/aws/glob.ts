/**
 * Texts with `*` and `?` as policies of AWS have them: any characters, and one character. Looks for each piece between two
 * `*` at the leftmost place, in a time that grows with the lengths, and for pieces with `?` with a 32nd of their product.
 */
import { finder } from '../find-text.ts';

export type Glob = (text: string) => boolean;

export const ANY = Symbol('*');
export const ONE = Symbol('?');
type Sign = string | typeof ONE;
type Find = (text: string, from: number) => number;

/** The characters of a text, `*` and `?` as what they stand for. */
export function wildcards(text: string): (Sign | typeof ANY)[] {
  return text.split('').map((sign) => (sign === '*' ? ANY : sign === '?' ? ONE : sign));
}

/** @param parts single characters and wildcards */
export function compileGlob(parts: readonly (Sign | typeof ANY)[]): Glob {
  const pieces: Sign[][] = [[]];
  for (const part of parts) {
    if (part === ANY) pieces.push([]);
    else pieces.at(-1)!.push(part);
  }
  const first = pieces[0]!;
  if (pieces.length === 1) return (text) => text.length === first.length && stands(first, text, 0);
  const last = pieces.at(-1)!;
  const between = pieces
    .slice(1, -1)
    .filter((piece) => piece.length > 0)
    .map((piece) => ({ length: piece.length, find: finderOf(piece) }));
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !stands(first, text, 0) || !stands(last, text, end)) return false;
    let at = first.length;
    for (const { length, find } of between) {
      const found = find(text, at);
      if (found < 0 || found + length > end) return false;
      at = found + length;
    }
    return true;
  };
}

function stands(piece: readonly Sign[], text: string, at: number): boolean {
  return piece.every((sign, i) => sign === ONE || sign === text[at + i]);
}

function finderOf(piece: readonly Sign[]): Find {
  return piece.includes(ONE) ? maskFinder(piece) : finder(piece.join(''));
}

/** All beginnings of the piece that stand at a place, one bit each (Baeza-Yates, Gonnet). */
function maskFinder(piece: readonly Sign[]): Find {
  const { length } = piece;
  const words = (length + 31) >>> 5;
  let masks: { readonly any: Uint32Array; readonly of: ReadonlyMap<number, Uint32Array> } | undefined;
  return (text, from) => {
    if (text.length - from < length) return -1;
    masks ??= masksOf(piece, words);
    const state = new Uint32Array(words);
    for (let at = from; at < text.length; at++) {
      const mask = masks.of.get(text.charCodeAt(at)) ?? masks.any;
      let carry = 1;
      for (let word = 0; word < words; word++) {
        const before = state[word]!;
        state[word] = ((before << 1) | carry) & mask[word]!;
        carry = before >>> 31;
      }
      if (((state[words - 1]! >>> ((length - 1) & 31)) & 1) === 1) return at - length + 1;
    }
    return -1;
  };
}

/** Of each character: the places of the piece where it may stand; `any`: those where each may. */
function masksOf(piece: readonly Sign[], words: number) {
  const any = new Uint32Array(words);
  const set = (mask: Uint32Array, place: number) => {
    mask[place >>> 5]! |= 1 << (place & 31);
  };
  for (const [place, sign] of piece.entries()) if (sign === ONE) set(any, place);
  const of = new Map<number, Uint32Array>();
  for (const [place, sign] of piece.entries()) {
    if (sign === ONE) continue;
    const code = sign.charCodeAt(0);
    let mask = of.get(code);
    if (mask === undefined) {
      mask = any.slice();
      of.set(code, mask);
    }
    set(mask, place);
  }
  return { any, of };
}
