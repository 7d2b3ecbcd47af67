/** JSON text to values that keep the texts of their numbers. Source: RFC 8259; spec/objects.md §10.4, §10.5. */
import { CosError } from '../../../errors/cos-error.ts';
import { MAX_DEPTH } from '../request.ts';
import { type Json, JsonNumber } from '../values/value.ts';

const BLANKS = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a JSON string must not hold them
const NOT_PLAIN = /[\\\u0000-\u001f]/;

/** Exactly one value. Of members with one name the last counts. @throws CosError JSONParsingError */
export function parseJson(text: string): Json {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    this.#skipBlanks();
    const text = this.#text;
    switch (text[this.#at]) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#list(depth + 1);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default: {
        NUMBER.lastIndex = this.#at;
        const match = NUMBER.exec(text);
        if (match === null) throw jsonError('a value is expected');
        this.#at = NUMBER.lastIndex;
        return new JsonNumber(match[0]);
      }
    }
  }

  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw jsonError('text behind the value');
  }

  #object(depth: number): Json {
    checkDepth(depth);
    this.#at += 1;
    const members = new Map<string, Json>();
    this.#skipBlanks();
    if (this.#accept('}')) return members;
    do {
      this.#skipBlanks();
      if (this.#text[this.#at] !== '"') throw jsonError('a name is expected');
      const name = this.#string();
      this.#skipBlanks();
      if (!this.#accept(':')) throw jsonError(': is expected');
      members.set(name, this.value(depth));
      this.#skipBlanks();
    } while (this.#accept(','));
    if (!this.#accept('}')) throw jsonError('} is expected');
    return members;
  }

  #list(depth: number): Json {
    checkDepth(depth);
    this.#at += 1;
    const elements: Json[] = [];
    this.#skipBlanks();
    if (this.#accept(']')) return elements;
    do {
      elements.push(this.value(depth));
      this.#skipBlanks();
    } while (this.#accept(','));
    if (!this.#accept(']')) throw jsonError('] is expected');
    return elements;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let end = text.indexOf('"', start);
    const plain = end < 0 ? '' : text.slice(start, end);
    if (end >= 0 && !NOT_PLAIN.test(plain)) {
      this.#at = end + 1;
      return plain;
    }
    end = start;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) throw jsonError('an open string');
    this.#at = end + 1;
    try {
      return JSON.parse(text.slice(start - 1, end + 1)) as string;
    } catch {
      throw jsonError('a bad string');
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw jsonError('a value is expected');
    this.#at += word.length;
    return value;
  }

  #accept(character: string): boolean {
    const found = this.#text[this.#at] === character;
    if (found) this.#at += 1;
    return found;
  }

  #skipBlanks(): void {
    const code = this.#text.charCodeAt(this.#at);
    if (code > 0x20) return;
    BLANKS.lastIndex = this.#at;
    BLANKS.exec(this.#text);
    this.#at = BLANKS.lastIndex;
  }
}

export function jsonError(reason: string): CosError {
  return new CosError('JSONParsingError', { message: `Encountered an error parsing the JSON file: ${reason}` });
}

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw jsonError(`nested deeper than ${MAX_DEPTH} levels`);
}
