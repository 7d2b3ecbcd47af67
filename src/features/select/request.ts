/** What a SELECT Object Content request asks for, free of any wire form. Source: spec/objects.md §10.1. */

export type Compression = 'none' | 'gzip' | 'bzip2';

/** Longest expression, bytes. */
export const MAX_EXPRESSION = 256 * 1024;

/** Longest record of the input and of the result, bytes. */
export const MAX_RECORD = 1024 * 1024;

/** Deepest nesting of a JSON value and of an expression. */
export const MAX_DEPTH = 64;

export interface CsvInput {
  readonly format: 'csv';
  /** `use`: the first record names the columns; `ignore`: it is skipped. */
  readonly fileHeaderInfo: 'none' | 'use' | 'ignore';
  /** One or two bytes. */
  readonly recordDelimiter: string;
  /** One byte, as are the quote and what escapes it. */
  readonly fieldDelimiter: string;
  readonly quoteCharacter: string;
  readonly quoteEscapeCharacter: string;
  /** A record that starts with it is skipped. */
  readonly comments: string;
  /** A quoted field may hold the record delimiter. */
  readonly allowQuotedRecordDelimiter: boolean;
}

export interface JsonInput {
  readonly format: 'json';
  /** `document`: one value or several in a row; `lines`: one value a line. */
  readonly type: 'document' | 'lines';
}

export interface CsvOutput {
  readonly format: 'csv';
  readonly quoteFields: 'asneeded' | 'always';
  readonly recordDelimiter: string;
  readonly fieldDelimiter: string;
  readonly quoteCharacter: string;
  readonly quoteEscapeCharacter: string;
}

export interface JsonOutput {
  readonly format: 'json';
  readonly recordDelimiter: string;
}

export interface SelectRequest {
  readonly expression: string;
  readonly compression: Compression;
  readonly input: CsvInput | JsonInput;
  readonly output: CsvOutput | JsonOutput;
  /** Progress messages while the object is read. */
  readonly progress: boolean;
}

/** The object as stored, still compressed. */
export interface SelectSource {
  /** Bytes. */
  readonly size: number;
  chunks(): AsyncIterable<Buffer>;
}
