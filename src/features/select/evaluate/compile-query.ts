/** A query ready to run over records: names, functions of the record, aggregates. Source: spec/objects.md §10.3. */
import type { Expression, Query } from '../sql/ast.ts';
import { syntaxError } from '../sql/tokens.ts';
import type { Value } from '../values/value.ts';
import type { Columns } from './columns.ts';
import { compile, type Evaluate, type Scope } from './compile.ts';

export interface CompiledQuery<R> {
  /** undefined: `*`. */
  readonly projections: { readonly names: readonly string[]; readonly evaluate: readonly Evaluate<R>[] } | undefined;
  /** One row over all records instead of one for each. */
  readonly aggregated: boolean;
  matches(record: R): boolean;
  /** A record that matches, when aggregated. */
  accumulate(record: R): void;
  /** The row when aggregated. */
  total(): Value[];
}

/** Holds the state of its aggregates: for one run. @throws CosError SQLParsingError, AmbiguousFieldName */
export function compileQuery<R>(query: Query, columns: Columns<R>, nowMs: number): CompiledQuery<R> {
  const aggregates: NonNullable<Scope<R>['aggregates']> = [];
  let plainColumn: number | undefined;
  const scope: Scope<R> = {
    columns,
    nowMs,
    aggregates,
    onColumn: (at) => {
      plainColumn ??= at;
    },
  };
  const evaluate = query.projections?.map(({ expression }) => compile(expression, scope));
  if (aggregates.length > 0 && plainColumn !== undefined) {
    throw syntaxError('a column beside aggregate functions', plainColumn);
  }
  const names = query.projections?.map(({ alias, expression }, i) => alias ?? nameOf(expression) ?? `_${i + 1}`);
  const where = query.where && compile(query.where, { ...scope, aggregates: undefined });
  return {
    projections: evaluate && { names: names!, evaluate },
    aggregated: aggregates.length > 0,
    matches: where === undefined ? () => true : (record) => where(record) === true,
    accumulate(record) {
      for (const { accumulator, operand } of aggregates) accumulator.add(operand(record));
    },
    // No column is left outside the aggregates, so that no evaluator looks at the record.
    total: () => evaluate!.map((of) => of(undefined as R)),
  };
}

function nameOf(expression: Expression): string | undefined {
  const last = expression.kind === 'column' ? expression.path.at(-1) : undefined;
  return last?.kind === 'name' ? last.name : undefined;
}
