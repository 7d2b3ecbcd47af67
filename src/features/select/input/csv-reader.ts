/**
 * CSV text to records. A record without a quote is split at once; others are read field by field. Empty lines and
 * comments are no records. The escape character stands before a quote or before itself.
 * Source: spec/objects.md §10.1, §10.5.
 */
import { CosError } from '../../../errors/cos-error.ts';
import type { CsvInput } from '../request.ts';
import { checkRecordSize, type RecordReader } from './record-reader.ts';

const NONE = Number.POSITIVE_INFINITY;

export class CsvReader implements RecordReader<string[]> {
  /** Fields beyond are left out. */
  maxFields = NONE;
  readonly #format: CsvInput;
  /** What no record has taken yet. */
  #text = '';
  readonly #quote: Finder;
  readonly #escape: Finder;
  readonly #field: Finder;
  readonly #record: Finder;

  constructor(format: CsvInput) {
    this.#format = format;
    this.#quote = new Finder(format.quoteCharacter);
    this.#escape = new Finder(format.quoteEscapeCharacter);
    this.#field = new Finder(format.fieldDelimiter);
    this.#record = new Finder(format.recordDelimiter);
  }

  /** @throws CosError CSVParsingError, OverMaxRecordSize */
  *feed(text: string): Generator<string[]> {
    yield* this.#records(this.#text + text, false);
  }

  /** @throws CosError LastRecordParseFail, CSVParsingError, OverMaxRecordSize */
  *end(): Generator<string[]> {
    yield* this.#records(this.#text, true);
  }

  *#records(text: string, final: boolean): Generator<string[]> {
    const { recordDelimiter, fieldDelimiter, comments } = this.#format;
    for (const finder of [this.#quote, this.#escape, this.#field, this.#record]) finder.reset(text);
    let start = 0;
    while (start < text.length) {
      let end = this.#record.from(start);
      const isComment = text.startsWith(comments, start);
      if (!isComment && this.#quote.from(start) < end) {
        const quoted = this.#quotedRecord(text, start, final);
        if (quoted === undefined) break;
        checkRecordSize(text, start, quoted.end);
        start = quoted.next;
        yield quoted.fields;
        continue;
      }
      if (end === NONE) {
        if (!final) break;
        end = text.length;
      }
      checkRecordSize(text, start, end);
      const line = text.slice(start, end);
      start = end + recordDelimiter.length;
      if (isComment || line === '') continue;
      yield this.maxFields === NONE ? line.split(fieldDelimiter) : line.split(fieldDelimiter, this.maxFields);
    }
    this.#text = text.slice(start);
    checkRecordSize(this.#text, 0, this.#text.length);
  }

  /** undefined when it does not end here. */
  #quotedRecord(text: string, start: number, final: boolean) {
    const { quoteCharacter, fieldDelimiter, recordDelimiter } = this.#format;
    const fields: string[] = [];
    const keep = (field: string) => {
      if (fields.length < this.maxFields) fields.push(field);
    };
    const ended = (end: number) => ({ fields, end, next: end + recordDelimiter.length });
    for (let at = start; ; ) {
      if (text.startsWith(quoteCharacter, at)) {
        const quoted = this.#quotedField(text, at + 1, final);
        if (quoted === undefined) return undefined;
        keep(quoted.value);
        at = quoted.end;
        if (at >= text.length) return final ? ended(at) : undefined;
        if (text.startsWith(recordDelimiter, at)) return ended(at);
        if (!final && recordDelimiter.startsWith(text.slice(at))) return undefined;
        if (!text.startsWith(fieldDelimiter, at)) throw broken('text behind the closing quote of a field');
        at += 1;
        continue;
      }
      const field = this.#field.from(at);
      const record = this.#record.from(at);
      if (field < record) {
        keep(text.slice(at, field));
        at = field + 1;
        continue;
      }
      if (record === NONE && !final) return undefined;
      const end = Math.min(record, text.length);
      keep(text.slice(at, end));
      return ended(end);
    }
  }

  /** @param start behind the opening quote */
  #quotedField(text: string, start: number, final: boolean): { value: string; end: number } | undefined {
    const { quoteCharacter: quote, quoteEscapeCharacter: escaping } = this.#format;
    let value = '';
    for (let at = start; ; ) {
      const mark = Math.min(this.#quote.from(at), this.#escape.from(at));
      if (mark === NONE) {
        this.#checkOneRecord(start, text.length);
        if (final) throw new CosError('LastRecordParseFail');
        return undefined;
      }
      const next = text[mark + 1];
      if (text[mark] === escaping && (next === quote || next === escaping)) {
        value += text.slice(at, mark) + next;
        at = mark + 2;
      } else if (text[mark] === escaping && next === undefined && !final) {
        return undefined;
      } else if (text[mark] === quote) {
        this.#checkOneRecord(start, mark);
        return { value: value + text.slice(at, mark), end: mark + 1 };
      } else {
        value += text.slice(at, mark + 1);
        at = mark + 1;
      }
    }
  }

  #checkOneRecord(start: number, end: number): void {
    if (this.#format.allowQuotedRecordDelimiter || this.#record.from(start) >= end) return;
    throw broken('a record delimiter in a quoted field');
  }
}

/** Where a text next occurs; remembers the last answer, so that asking again and again stays linear. */
class Finder {
  readonly #wanted: string;
  #text = '';
  #from = 0;
  #found = 0;

  constructor(wanted: string) {
    this.#wanted = wanted;
  }

  reset(text: string): void {
    this.#text = text;
    this.#from = 0;
    this.#found = -1;
  }

  /** Infinity when it does not occur. */
  from(at: number): number {
    if (this.#found >= at && this.#from <= at) return this.#found;
    const index = this.#text.indexOf(this.#wanted, at);
    this.#from = at;
    this.#found = index < 0 ? NONE : index;
    return this.#found;
  }
}

function broken(reason: string): CosError {
  return new CosError('CSVParsingError', { message: `Encountered an error parsing the CSV file: ${reason}` });
}
