/**
 * From the texts of a request to a `SelectRequest`: defaults, allowed values and the code of each fault.
 * Source: spec/objects.md §10.1, §10.5.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { Compression, CsvInput, CsvOutput, JsonInput, JsonOutput, SelectRequest } from './request.ts';

type Text = string | undefined;

export interface RawCsvOutput {
  readonly quoteFields?: Text;
  readonly recordDelimiter?: Text;
  readonly fieldDelimiter?: Text;
  readonly quoteCharacter?: Text;
  readonly quoteEscapeCharacter?: Text;
}

export interface RawCsvInput extends Omit<RawCsvOutput, 'quoteFields'> {
  readonly fileHeaderInfo?: Text;
  readonly comments?: Text;
  readonly allowQuotedRecordDelimiter?: Text;
}

/** The texts as they came, untrimmed: a delimiter may be a blank. Absent elements are absent here. */
export interface RawSelectRequest {
  readonly expression?: Text;
  readonly expressionType?: Text;
  readonly input?:
    | {
        readonly compressionType?: Text;
        readonly csv?: RawCsvInput | undefined;
        readonly json?: { readonly type?: Text } | undefined;
        /** The element is there. */
        readonly parquet?: boolean | undefined;
      }
    | undefined;
  readonly output?:
    | {
        readonly csv?: RawCsvOutput | undefined;
        readonly json?: { readonly recordDelimiter?: Text } | undefined;
      }
    | undefined;
  readonly progressEnabled?: Text;
}

/** @throws CosError with the code of §10.5 that names the fault; NotImplemented for Parquet */
export function selectRequest(raw: RawSelectRequest): SelectRequest {
  const expression = given(raw.expression);
  if (expression === undefined) throw new CosError('MissingExpectedExpression');
  expressionType(raw.expressionType);
  const { input, output } = raw;
  if (input === undefined) throw new CosError('MissingInputSerialization');
  if (output === undefined) throw new CosError('MissingOutputSerialization');
  const compressed = compression(input.compressionType);
  const formats = [input.csv, input.json, input.parquet || undefined].filter((format) => format !== undefined);
  if (formats.length === 0) throw new CosError('MissingInputFormat');
  if (formats.length > 1) throw invalid('InputSerialization names more than one format');
  if (input.parquet) throw new CosError('NotImplemented', { message: 'SELECT does not read Parquet' });
  if (output.csv === undefined && output.json === undefined) throw new CosError('MissingOutputFormat');
  if (output.csv !== undefined && output.json !== undefined) {
    throw invalid('OutputSerialization names more than one format');
  }
  return {
    expression,
    compression: compressed,
    input: input.csv === undefined ? jsonInput(input.json!) : csvInput(input.csv),
    output: output.csv === undefined ? jsonOutput(output.json!) : csvOutput(output.csv),
    progress: flag(raw.progressEnabled, 'RequestProgress Enabled'),
  };
}

/** @throws CosError MissingRequiredParameter, InvalidRequestParameter */
export function expressionType(text: Text): void {
  const type = given(text);
  if (type === undefined) {
    throw new CosError('MissingRequiredParameter', { message: 'The ExpressionType is missing' });
  }
  if (type.trim().toUpperCase() !== 'SQL') throw invalid('The ExpressionType is invalid. Only SQL is supported');
}

/** @throws CosError InvalidCompressionFormat */
export function compression(text: Text): Compression {
  const format = (given(text) ?? 'none').trim().toLowerCase();
  if (format === 'none' || format === 'gzip' || format === 'bzip2') return format;
  throw new CosError('InvalidCompressionFormat');
}

/** @throws CosError InvalidFileHeaderInfo, InvalidRequestParameter */
export function csvInput(raw: RawCsvInput): CsvInput {
  const header = (given(raw.fileHeaderInfo) ?? 'none').trim().toLowerCase();
  if (header !== 'none' && header !== 'use' && header !== 'ignore') throw new CosError('InvalidFileHeaderInfo');
  const characters = csvCharacters(raw, 'input');
  const comments = delimiter(raw.comments, '#', 1, 'The input Comments of CSV');
  if (comments === characters.quoteCharacter || comments === characters.fieldDelimiter) {
    throw invalid('The input Comments of CSV is also a delimiter or the quote');
  }
  return {
    format: 'csv',
    fileHeaderInfo: header,
    ...characters,
    comments,
    allowQuotedRecordDelimiter: flag(raw.allowQuotedRecordDelimiter, 'The input AllowQuotedRecordDelimiter of CSV'),
  };
}

/** @throws CosError InvalidJsonType, MissingRequiredParameter */
export function jsonInput(raw: { readonly type?: Text }): JsonInput {
  const type = given(raw.type)?.trim().toLowerCase();
  if (type === undefined) {
    throw new CosError('MissingRequiredParameter', { message: 'The Type of the JSON input is missing' });
  }
  if (type !== 'document' && type !== 'lines') throw new CosError('InvalidJsonType');
  return { format: 'json', type };
}

/** @throws CosError InvalidQuoteFields, InvalidRequestParameter */
export function csvOutput(raw: RawCsvOutput): CsvOutput {
  const quoteFields = (given(raw.quoteFields) ?? 'asneeded').trim().toLowerCase();
  if (quoteFields !== 'asneeded' && quoteFields !== 'always') throw new CosError('InvalidQuoteFields');
  return { format: 'csv', quoteFields, ...csvCharacters(raw, 'output') };
}

/** @throws CosError InvalidRequestParameter */
export function jsonOutput(raw: { readonly recordDelimiter?: Text }): JsonOutput {
  return {
    format: 'json',
    recordDelimiter: delimiter(raw.recordDelimiter, '\n', 2, 'The output RecordDelimiter of JSON'),
  };
}

function csvCharacters(raw: RawCsvOutput, side: 'input' | 'output') {
  const the = (name: string) => `The ${side} ${name} of CSV`;
  const recordDelimiter = delimiter(raw.recordDelimiter, '\n', 2, the('RecordDelimiter'));
  const fieldDelimiter = delimiter(raw.fieldDelimiter, ',', 1, the('FieldDelimiter'));
  const quoteCharacter = delimiter(raw.quoteCharacter, '"', 1, the('QuoteCharacter'));
  const quoteEscapeCharacter = delimiter(raw.quoteEscapeCharacter, '"', 1, the('QuoteEscapeCharacter'));
  if (recordDelimiter.includes(fieldDelimiter)) throw invalid(`${the('FieldDelimiter')} is in the RecordDelimiter`);
  for (const [name, value] of [
    ['QuoteCharacter', quoteCharacter],
    ['QuoteEscapeCharacter', quoteEscapeCharacter],
  ] as const) {
    if (value === fieldDelimiter || recordDelimiter.includes(value)) throw invalid(`${the(name)} is also a delimiter`);
  }
  return { recordDelimiter, fieldDelimiter, quoteCharacter, quoteEscapeCharacter };
}

const CONTROL_CHARACTERS: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\t': '\t' };

function delimiter(text: Text, absent: string, maxBytes: number, name: string): string {
  const value = (given(text) ?? absent).replace(/\\[nrt]/g, (written) => CONTROL_CHARACTERS[written]!);
  if (Buffer.byteLength(value) > maxBytes) throw invalid(`${name} is invalid`);
  return value;
}

function flag(text: Text, name: string): boolean {
  const value = (given(text) ?? 'false').trim().toLowerCase();
  if (value !== 'true' && value !== 'false') throw invalid(`${name} is invalid`);
  return value === 'true';
}

/** An empty element stands for an absent one. */
function given(text: Text): Text {
  return text === '' ? undefined : text;
}

function invalid(message: string): CosError {
  return new CosError('InvalidRequestParameter', { message });
}
