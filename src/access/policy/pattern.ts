/** Texts with `*` and policy variables, compiled. Source: spec/access.md §4.1, §4.2. */
import type { Identity } from '../identity.ts';
import { finder } from './find-text.ts';

/** Whether the pattern covers all of the text, for the identity whose values stand for the variables. */
export type Pattern = (text: string, identity: Identity) => boolean;

const VARIABLE = /\$\{(uin|owner_uin|app_id)\}/;
type Variable = 'uin' | 'owner_uin' | 'app_id';

/**
 * `*` stands for any characters, also none and also `/`; nothing else is special. Takes the leftmost place for each
 * piece between two `*`, which suffices, and looks for each in a time that grows with the lengths alone.
 */
export function compilePattern(source: string): Pattern {
  const pieces = source.split('*');
  if (!VARIABLE.test(source)) {
    const compiled = compilePieces(pieces);
    return (text) => matches(compiled, text);
  }
  const parts = pieces.map((piece) => piece.split(new RegExp(VARIABLE, 'g')));
  return (text, identity) => {
    if (identity.kind === 'anonymous') return false;
    const filled = parts.map((part) =>
      part.map((value, i) => (i % 2 === 0 ? value : variable(value as Variable, identity))).join(''),
    );
    return matches(compilePieces(filled), text);
  };
}

/** A text without wildcards, whose variables count: where the signer has no value for one, it equals nothing. */
export function compileLiteral(source: string): Pattern {
  if (!VARIABLE.test(source)) return (text) => text === source;
  const parts = source.split(new RegExp(VARIABLE, 'g'));
  return (text, identity) =>
    identity.kind !== 'anonymous' &&
    text === parts.map((value, i) => (i % 2 === 0 ? value : variable(value as Variable, identity))).join('');
}

function variable(name: Variable, identity: Exclude<Identity, { kind: 'anonymous' }>): string {
  switch (name) {
    case 'uin':
      return identity.uin;
    case 'owner_uin':
      return identity.ownerUin;
    case 'app_id':
      return identity.appid;
  }
}

interface Pieces {
  readonly first: string;
  /** undefined where there is no `*` */
  readonly last: string | undefined;
  readonly between: readonly { readonly length: number; readonly find: ReturnType<typeof finder> }[];
}

/** Pieces between two `*` that hold nothing say nothing; the first and the last are anchors. */
function compilePieces(pieces: readonly string[]): Pieces {
  const between = pieces.slice(1, -1).filter((piece) => piece !== '');
  return {
    first: pieces[0]!,
    last: pieces.length === 1 ? undefined : pieces.at(-1)!,
    between: between.map((piece) => ({ length: piece.length, find: finder(piece) })),
  };
}

function matches({ first, last, between }: Pieces, text: string): boolean {
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const { length, find } of between) {
    const found = find(text, at);
    if (found < 0 || found + length > end) return false;
    at = found + length;
  }
  return true;
}
