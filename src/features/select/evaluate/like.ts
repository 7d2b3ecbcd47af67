/**
 * LIKE: `%` any characters, `_` one. Each piece between two `%` is looked for once, leftmost first, so that the work
 * is at most text × pattern. Source: spec/objects.md §10.3.
 */

/** Longest pattern, UTF-16 units: bounds the work per row. */
export const MAX_PATTERN = 1024;

const ONE = null;
/** Literal characters and `ONE`. */
type Piece = readonly (string | null)[];

interface Pattern {
  readonly pieces: readonly Piece[];
}

/** undefined for a pattern that is too long or ends in its escape character. */
export function likeMatcher(pattern: string, escaping: string | undefined): ((text: string) => boolean) | undefined {
  const parsed = pattern.length <= MAX_PATTERN ? parsePattern(pattern, escaping) : undefined;
  if (parsed === undefined) return undefined;
  const { pieces } = parsed;
  const first = pieces[0]!;
  if (pieces.length === 1) {
    return (text) => {
      const characters = charactersOf(text);
      return characters.length === first.length && matchesAt(first, characters, 0);
    };
  }
  const last = pieces.at(-1)!;
  const middle = pieces.slice(1, -1).filter((piece) => piece.length > 0);
  const find = middle.map(finder);
  return (text) => {
    const characters = charactersOf(text);
    const end = characters.length - last.length;
    if (end < first.length || !matchesAt(first, characters, 0) || !matchesAt(last, characters, end)) return false;
    let from = first.length;
    for (let i = 0; i < find.length; i++) {
      const at = find[i]!(characters, from);
      from = at + middle[i]!.length;
      if (at < 0 || from > end) return false;
    }
    return true;
  };
}

function parsePattern(pattern: string, escaping: string | undefined): Pattern | undefined {
  const pieces: (string | null)[][] = [[]];
  let escaped = false;
  for (const character of pattern) {
    if (!escaped && character === escaping) escaped = true;
    else if (!escaped && character === '%') pieces.push([]);
    else {
      pieces.at(-1)!.push(!escaped && character === '_' ? ONE : character);
      escaped = false;
    }
  }
  return escaped ? undefined : { pieces };
}

type Characters = string | readonly string[];

/** Text without surrogates is its own list of characters. */
function charactersOf(text: string): Characters {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text;
}

function matchesAt(piece: Piece, characters: Characters, at: number): boolean {
  for (let i = 0; i < piece.length; i++) {
    if (piece[i] !== ONE && piece[i] !== characters[at + i]) return false;
  }
  return true;
}

function finder(piece: Piece): (characters: Characters, from: number) => number {
  const literal = piece.includes(ONE) ? undefined : piece.join('');
  return (characters, from) => {
    if (literal !== undefined && typeof characters === 'string') return characters.indexOf(literal, from);
    for (let at = from; at + piece.length <= characters.length; at++) if (matchesAt(piece, characters, at)) return at;
    return -1;
  };
}
