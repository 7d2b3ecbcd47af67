/** Texts with `*` and policy variables, compiled. Source: spec/access.md §4.1, §4.2. */
import type { Identity } from '../identity.ts';

/** Whether the pattern covers all of the text, for the identity whose values stand for the variables. */
export type Pattern = (text: string, identity: Identity) => boolean;

const VARIABLE = /\$\{(uin|owner_uin|app_id)\}/;
type Variable = 'uin' | 'owner_uin' | 'app_id';

/**
 * `*` stands for any characters, also none and also `/`; nothing else is special. Takes the leftmost place for each
 * piece between two `*`, which suffices, so that the work is bounded by text × pattern whatever they hold.
 */
export function compilePattern(source: string): Pattern {
  const pieces = source.split('*');
  if (!VARIABLE.test(source)) {
    const literal = withoutEmpty(pieces);
    return (text) => matches(literal, text);
  }
  const parts = pieces.map((piece) => piece.split(new RegExp(VARIABLE, 'g')));
  return (text, identity) => {
    if (identity.kind === 'anonymous') return false;
    const filled = parts.map((part) =>
      part.map((value, i) => (i % 2 === 0 ? value : variable(value as Variable, identity))).join(''),
    );
    return matches(withoutEmpty(filled), text);
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

/** Pieces between two `*` that hold nothing say nothing; the first and the last are anchors. */
function withoutEmpty(pieces: readonly string[]): readonly string[] {
  return pieces.filter((piece, i) => piece !== '' || i === 0 || i === pieces.length - 1);
}

function matches(pieces: readonly string[], text: string): boolean {
  const first = pieces[0]!;
  if (pieces.length === 1) return text === first;
  const last = pieces[pieces.length - 1]!;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i]!;
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
