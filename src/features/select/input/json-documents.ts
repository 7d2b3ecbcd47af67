/**
 * JSON values one after the other, however they are laid out; the elements of a list at the top one by one if asked
 * for. Finds where a value ends before it parses it, and goes on where the last text broke off.
 * Source: spec/objects.md §10.1, §10.5.
 */
import { CosError } from '../../../errors/cos-error.ts';
import type { Json } from '../values/value.ts';
import { jsonError, parseJson } from './json-parser.ts';
import { checkRecordSize, type RecordReader } from './record-reader.ts';

/** What is expected between values, or what kind of value is open. */
type State = 'value' | 'first element' | 'element' | 'comma' | 'string' | 'container' | 'scalar';

const NOT_BLANK = /[^ \t\n\r]/g;
const STRUCTURE = /["{}[\]]/g;
const STRING_MARK = /["\\]/g;
const SCALAR_END = /[\s,:"{}[\]]/g;

export class JsonDocuments implements RecordReader<Json> {
  readonly #elements: boolean;
  #text = '';
  /** Where in the text to go on. */
  #at = 0;
  #state: State = 'value';
  /** Whether the value that is open is an element. */
  #inList = false;
  #depth = 0;
  #inString = false;

  /** @param elements a list at the top stands for its elements */
  constructor(elements: boolean) {
    this.#elements = elements;
  }

  /** @throws CosError JSONParsingError, OverMaxRecordSize */
  *feed(text: string): Generator<Json> {
    this.#text += text;
    for (;;) {
      if (!this.#enterValue()) break;
      const end = this.#valueEnd();
      if (end === undefined) break;
      yield this.#take(end);
    }
    checkRecordSize(this.#text, 0, this.#text.length);
  }

  /** @throws CosError LastRecordParseFail, JSONParsingError */
  *end(): Generator<Json> {
    if (this.#state === 'scalar') {
      if (this.#inList) throw new CosError('LastRecordParseFail');
      yield this.#take(this.#text.length);
    } else if (this.#state !== 'value') throw new CosError('LastRecordParseFail');
  }

  /** Up to the first character of a value, which is then at the start of the text. false: the text ends before. */
  #enterValue(): boolean {
    if (this.#state === 'string' || this.#state === 'container' || this.#state === 'scalar') return true;
    for (let at = search(NOT_BLANK, this.#text, this.#at); ; at = search(NOT_BLANK, this.#text, at + 1)) {
      if (at < 0) {
        this.#text = '';
        this.#at = 0;
        return false;
      }
      const character = this.#text[at]!;
      if (this.#state === 'value' && this.#elements && character === '[') this.#state = 'first element';
      else if ((this.#state === 'first element' || this.#state === 'comma') && character === ']') this.#state = 'value';
      else if (this.#state === 'comma') {
        if (character !== ',') throw jsonError(', or ] is expected');
        this.#state = 'element';
      } else {
        this.#inList = this.#state !== 'value';
        this.#state = character === '"' ? 'string' : character === '{' || character === '[' ? 'container' : 'scalar';
        this.#text = this.#text.slice(at);
        this.#depth = 0;
        this.#inString = false;
        this.#at = 0;
        return true;
      }
    }
  }

  /** Behind the last character of the open value; undefined when the text ends before. */
  #valueEnd(): number | undefined {
    if (this.#state === 'scalar') {
      const end = search(SCALAR_END, this.#text, this.#at);
      if (end === 0) throw jsonError('a value is expected');
      if (end > 0) return end;
      this.#at = this.#text.length;
      return undefined;
    }
    for (;;) {
      const at = search(this.#inString ? STRING_MARK : STRUCTURE, this.#text, this.#at);
      if (at < 0) {
        this.#at = Math.max(this.#at, this.#text.length);
        return undefined;
      }
      const character = this.#text[at]!;
      // May lie behind the end of the text: the escaped character is still to come.
      this.#at = at + (character === '\\' ? 2 : 1);
      if (character === '\\') continue;
      if (character === '"') {
        this.#inString = !this.#inString;
        if (!this.#inString && this.#depth === 0) return this.#at;
      } else {
        this.#depth += character === '{' || character === '[' ? 1 : -1;
        if (this.#depth === 0) return this.#at;
      }
    }
  }

  #take(end: number): Json {
    const text = this.#text.slice(0, end);
    checkRecordSize(text, 0, end);
    this.#text = this.#text.slice(end);
    this.#at = 0;
    this.#state = this.#inList ? 'comma' : 'value';
    return parseJson(text);
  }
}

function search(pattern: RegExp, text: string, from: number): number {
  if (from >= text.length) return -1;
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}
