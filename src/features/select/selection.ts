/** From the text of an object to rows, for each format of the input. Source: spec/objects.md §10. */
import { CsvColumns, type CsvRecord, isList, JsonColumns, stepInto } from './evaluate/columns.ts';
import { compileQuery } from './evaluate/compile-query.ts';
import { CsvReader } from './input/csv-reader.ts';
import { JsonDocuments } from './input/json-documents.ts';
import { JsonLines } from './input/json-lines.ts';
import type { RecordReader } from './input/record-reader.ts';
import { rowWriter } from './output/row-writer.ts';
import { csvStar, jsonStar } from './output/star.ts';
import type { SelectPlan } from './plan.ts';
import type { CsvInput, JsonInput } from './request.ts';
import { Rows } from './rows.ts';
import type { SourceStep } from './sql/ast.ts';
import type { Json } from './values/value.ts';

/** What it yields is one text a record, empty for a record that gives no row. */
export interface Selection {
  /** No further text can change the result. */
  readonly complete: boolean;
  feed(text: string): Iterable<string>;
  end(): Iterable<string>;
}

export function selection(plan: SelectPlan): Selection {
  const { input } = plan.request;
  return input.format === 'csv' ? new CsvSelection(plan, input) : new JsonSelection(plan, input);
}

class CsvSelection implements Selection {
  readonly #plan: SelectPlan;
  readonly #headerInfo: CsvInput['fileHeaderInfo'];
  readonly #reader: CsvReader;
  #rows: Rows<CsvRecord> | undefined;

  constructor(plan: SelectPlan, input: CsvInput) {
    this.#plan = plan;
    this.#headerInfo = input.fileHeaderInfo;
    this.#reader = new CsvReader(input);
    if (input.fileHeaderInfo === 'none') this.#rows = this.#start(undefined);
  }

  get complete(): boolean {
    return this.#rows?.complete ?? false;
  }

  feed(text: string): Iterable<string> {
    return this.#select(this.#reader.feed(text));
  }

  *end(): Generator<string> {
    if (!this.complete) yield* this.#select(this.#reader.end());
    this.#rows ??= this.#start('unread');
    yield* this.#rows.total();
  }

  *#select(records: Generator<CsvRecord>): Generator<string> {
    if (this.#rows === undefined) {
      const header = records.next();
      if (header.done) return;
      this.#rows = this.#start(this.#headerInfo === 'use' ? header.value : undefined);
    }
    yield* this.#rows.of(records);
  }

  #start(header: readonly string[] | 'unread' | undefined): Rows<CsvRecord> {
    const { query, request, nowMs } = this.#plan;
    const columns = new CsvColumns(query.alias, header);
    const compiled = compileQuery(query, columns, nowMs);
    if (query.projections !== undefined) this.#reader.maxFields = columns.used;
    const star = csvStar(request.output, typeof header === 'object' ? header : []);
    return new Rows(compiled, rowWriter(request.output), star, query.limit);
  }
}

class JsonSelection implements Selection {
  readonly #reader: RecordReader<Json>;
  readonly #rows: Rows<Json>;
  /** Steps from a value of the reader to the records. */
  readonly #steps: readonly SourceStep[];

  constructor({ query, request, nowMs }: SelectPlan, input: JsonInput) {
    const elements = input.type === 'document' && query.source[0]?.kind === 'each';
    this.#reader = input.type === 'lines' ? new JsonLines() : new JsonDocuments(elements);
    this.#steps = elements ? query.source.slice(1) : query.source;
    const compiled = compileQuery(query, new JsonColumns(query.alias), nowMs);
    this.#rows = new Rows(compiled, rowWriter(request.output), jsonStar(request.output), query.limit);
  }

  get complete(): boolean {
    return this.#rows.complete;
  }

  feed(text: string): Iterable<string> {
    return this.#rows.of(this.#records(this.#reader.feed(text)));
  }

  *end(): Generator<string> {
    if (!this.complete) yield* this.#rows.of(this.#records(this.#reader.end()));
    yield* this.#rows.total();
  }

  *#records(values: Iterable<Json>): Generator<Json> {
    for (const value of values) yield* reach(value, this.#steps, 0);
  }
}

function* reach(value: Json, steps: readonly SourceStep[], from: number): Generator<Json> {
  const step = steps[from];
  if (step === undefined) yield value;
  else if (step.kind === 'each') {
    for (const element of isList(value) ? value : [value]) yield* reach(element, steps, from + 1);
  } else {
    const inner = stepInto(value, step);
    if (inner !== undefined) yield* reach(inner, steps, from + 1);
  }
}
