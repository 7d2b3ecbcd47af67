/** Records in, rows of the result out. Source: spec/objects.md §10.3, §10.4. */
import type { CompiledQuery } from './evaluate/compile-query.ts';
import type { RowWriter } from './output/row-writer.ts';

export class Rows<R> {
  readonly #query: CompiledQuery<R>;
  readonly #writer: RowWriter;
  readonly #star: (record: R) => string;
  #left: number;

  /** @param limit rows @param star the row of `SELECT *` */
  constructor(query: CompiledQuery<R>, writer: RowWriter, star: (record: R) => string, limit: number | undefined) {
    this.#query = query;
    this.#writer = writer;
    this.#star = star;
    this.#left = limit ?? Number.POSITIVE_INFINITY;
  }

  /** No further record can change the result. */
  get complete(): boolean {
    return this.#left === 0;
  }

  /** One text a record, empty for a record that gives no row. */
  *of(records: Iterable<R>): Generator<string> {
    if (this.complete) return;
    for (const record of records) {
      yield this.#query.matches(record) ? this.#matching(record) : '';
      if (this.complete) return;
    }
  }

  /** The row after the last record, of a query with aggregates. */
  *total(): Generator<string> {
    const { aggregated, projections } = this.#query;
    if (aggregated && !this.complete) yield this.#writer.row(projections!.names, this.#query.total());
  }

  #matching(record: R): string {
    const { aggregated, projections } = this.#query;
    if (aggregated) {
      this.#query.accumulate(record);
      return '';
    }
    this.#left -= 1;
    if (projections === undefined) return this.#star(record);
    return this.#writer.row(
      projections.names,
      projections.evaluate.map((evaluate) => evaluate(record)),
    );
  }
}
