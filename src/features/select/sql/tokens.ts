/** The words of an expression. Source: spec/objects.md §10.3. */
import { CosError } from '../../../errors/cos-error.ts';

export type Token =
  /** An unquoted word: keyword, function or name. `lower` is for comparing. */
  | { readonly kind: 'word'; readonly text: string; readonly lower: string; readonly at: number }
  /** A name in double quotes. */
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'string' | 'number' | 'timestamp' | 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const SCANNER =
  /\s+|([\p{L}_$][\p{L}\p{N}_$]*)|((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_$]))|'((?:[^']|'')*)'|"((?:[^"]|"")*)"|`([^`]*)`|(<=|>=|<>|!=|[-+*/%()[\],.<>=;])/uy;

/** @throws CosError SQLParsingError */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  SCANNER.lastIndex = 0;
  while (SCANNER.lastIndex < expression.length) {
    const at = SCANNER.lastIndex;
    const match = SCANNER.exec(expression);
    if (match === null) throw syntaxError('unexpected character or open quote', at);
    const [, word, number, string, name, timestamp, symbol] = match;
    if (word !== undefined) tokens.push({ kind: 'word', text: word, lower: word.toLowerCase(), at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'"), at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.replaceAll('""', '"'), at });
    else if (timestamp !== undefined) tokens.push({ kind: 'timestamp', text: timestamp.trim(), at });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, at });
  }
  tokens.push({ kind: 'end', text: '', at: expression.length });
  return tokens;
}

/** @param at offset in the expression, UTF-16 units */
export function syntaxError(reason: string, at?: number): CosError {
  const place = at === undefined ? '' : ` at position ${at + 1}`;
  return new CosError('SQLParsingError', {
    message: `Encountered an error parsing the SQL expression${place}: ${reason}`,
  });
}
