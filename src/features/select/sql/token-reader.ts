/** A place in the words of an expression, and what a parser asks of it. */
import { MAX_DEPTH } from '../request.ts';
import { isReserved } from './reserved-words.ts';
import { syntaxError, type Token, tokenize } from './tokens.ts';

export class TokenReader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  /** @throws CosError SQLParsingError */
  constructor(expression: string) {
    this.#tokens = tokenize(expression);
  }

  /** @param ahead how many words further */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    if (this.#next < this.#tokens.length - 1) this.#next += 1;
    return token;
  }

  /** @param word in upper case */
  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.text.toUpperCase() === word;
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  acceptWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.take();
    return found;
  }

  acceptSymbol(symbol: string): boolean {
    const found = this.isSymbol(symbol);
    if (found) this.take();
    return found;
  }

  /** The first of these words (in lower case) or symbols that stands here, taken. */
  acceptOne<T extends string>(of: readonly T[]): T | undefined {
    const token = this.peek();
    const text = token.kind === 'word' ? token.lower : token.kind === 'symbol' ? token.text : undefined;
    const found = of.find((one) => one === text);
    if (found !== undefined) this.take();
    return found;
  }

  expectWord(word: string): void {
    if (!this.acceptWord(word)) throw this.unexpected(`${word} expected`);
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.unexpected(`${symbol} expected`);
  }

  /** A name of the user's: quoted, or a word that is not reserved. */
  expectName(): { readonly name: string; readonly exact: boolean; readonly at: number } {
    const token = this.peek();
    if (token.kind === 'name') return { name: this.take().text, exact: true, at: token.at };
    if (token.kind !== 'word') throw this.unexpected('a name is expected');
    if (isReserved(token.text)) throw this.unexpected('a reserved word needs double quotes to be a name');
    return { name: this.take().text, exact: false, at: token.at };
  }

  /** A count or index without sign and point. */
  expectInteger(max: number): number {
    const token = this.peek();
    const value = Number(token.text);
    if (token.kind !== 'number' || !/^\d+$/.test(token.text) || value > max) {
      throw this.unexpected(`an integer up to ${max} is expected`);
    }
    this.take();
    return value;
  }

  /** Runs one level deeper. @throws CosError SQLParsingError beyond the deepest level */
  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_DEPTH) throw this.unexpected(`nested deeper than ${MAX_DEPTH} levels`);
    this.#depth += 1;
    try {
      return parse();
    } finally {
      this.#depth -= 1;
    }
  }

  unexpected(reason: string): ReturnType<typeof syntaxError> {
    const token = this.peek();
    const found = token.kind === 'end' ? 'the end' : token.text.slice(0, 40);
    return syntaxError(`${reason}, found ${found}`, token.at);
  }
}
