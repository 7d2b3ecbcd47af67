/** Rows of `SELECT *`: the record as it is, in the format of the output. Source: spec/objects.md §10.4. */
import type { CsvRecord } from '../evaluate/columns.ts';
import { isList, isObject } from '../evaluate/columns.ts';
import type { CsvOutput, JsonOutput } from '../request.ts';
import type { Json } from '../values/value.ts';
import { checked, rowWriter } from './row-writer.ts';
import { jsonText } from './texts.ts';

/** @param header names of the columns; those without a name are `_N` */
export function csvStar(output: CsvOutput | JsonOutput, header: readonly string[]): (record: CsvRecord) => string {
  const writer = rowWriter(output);
  const names = [...header];
  return (record) => {
    if (output.format === 'json') while (names.length < record.length) names.push(`_${names.length + 1}`);
    return writer.row(names, record);
  };
}

/** In CSV the members of an object and the elements of a list are the fields. */
export function jsonStar(output: CsvOutput | JsonOutput): (record: Json) => string {
  if (output.format === 'json') return (record) => checked(jsonText(record)) + output.recordDelimiter;
  const writer = rowWriter(output);
  return (record) => writer.row([], isObject(record) ? [...record.values()] : isList(record) ? record : [record]);
}
