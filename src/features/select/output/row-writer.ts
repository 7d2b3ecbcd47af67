/** Rows as CSV or JSON text, delimiter included. Source: spec/objects.md §10.4. */
import { CosError } from '../../../errors/cos-error.ts';
import { type CsvOutput, type JsonOutput, MAX_RECORD } from '../request.ts';
import type { Value } from '../values/value.ts';
import { fieldText, jsonText } from './texts.ts';

export interface RowWriter {
  /** @throws CosError OverMaxRecordSize, ErrorWritingRow */
  row(names: readonly string[], values: readonly Value[]): string;
}

export function rowWriter(output: CsvOutput | JsonOutput): RowWriter {
  return output.format === 'csv' ? new CsvWriter(output) : new JsonWriter(output);
}

class CsvWriter implements RowWriter {
  readonly #output: CsvOutput;
  readonly #special: readonly string[];

  constructor(output: CsvOutput) {
    this.#output = output;
    const { quoteCharacter, fieldDelimiter, recordDelimiter } = output;
    // Of a delimiter of two equal characters one at the end of a field would make the delimiter begin too early.
    const doubled = recordDelimiter.length === 2 && recordDelimiter[0] === recordDelimiter[1];
    this.#special = [quoteCharacter, fieldDelimiter, doubled ? recordDelimiter[0]! : recordDelimiter];
  }

  row(_names: readonly string[], values: readonly Value[]): string {
    let text = '';
    for (let i = 0; i < values.length; i++) {
      if (i > 0) text += this.#output.fieldDelimiter;
      text += this.#field(fieldText(values[i]));
      // Before it grows on: a row may name one long field a thousand times.
      if (text.length > MAX_RECORD) throw new CosError('OverMaxRecordSize');
    }
    return checked(text) + this.#output.recordDelimiter;
  }

  #field(text: string): string {
    const { quoteFields, quoteCharacter: quote, quoteEscapeCharacter: mark } = this.#output;
    if (quoteFields === 'asneeded' && !this.#special.some((special) => text.includes(special))) return text;
    let inner = text;
    if (mark !== quote) inner = inner.replaceAll(mark, () => mark + mark);
    return quote + inner.replaceAll(quote, () => mark + quote) + quote;
  }
}

class JsonWriter implements RowWriter {
  readonly #delimiter: string;

  constructor(output: JsonOutput) {
    this.#delimiter = output.recordDelimiter;
  }

  row(names: readonly string[], values: readonly Value[]): string {
    let text = '{';
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === undefined) continue;
      text += `${text === '{' ? '' : ','}${JSON.stringify(names[i])}:${jsonText(value)}`;
      if (text.length > MAX_RECORD) throw new CosError('OverMaxRecordSize');
    }
    return `${checked(`${text}}`)}${this.#delimiter}`;
  }
}

/** @throws CosError OverMaxRecordSize */
export function checked(text: string): string {
  if (text.length * 3 > MAX_RECORD && Buffer.byteLength(text) > MAX_RECORD) throw new CosError('OverMaxRecordSize');
  return text;
}
