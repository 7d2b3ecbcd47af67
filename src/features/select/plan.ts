/** What a request asks for, checked as far as it can be without the object. Source: spec/objects.md §10. */
import { CsvColumns, JsonColumns } from './evaluate/columns.ts';
import { compileQuery } from './evaluate/compile-query.ts';
import type { SelectRequest } from './request.ts';
import type { Query } from './sql/ast.ts';
import { parseQuery } from './sql/query-parser.ts';
import { syntaxError } from './sql/tokens.ts';

export interface SelectPlan {
  readonly request: SelectRequest;
  readonly query: Query;
  /** What UTCNOW answers, milliseconds since 1970-01-01T00:00:00Z. */
  readonly nowMs: number;
}

/** @throws CosError SQLParsingError, AmbiguousFieldName */
export function planSelect(request: SelectRequest, nowMs: number): SelectPlan {
  const query = parseQuery(request.expression);
  const { input } = request;
  if (input.format === 'json') compileQuery(query, new JsonColumns(query.alias), nowMs);
  else {
    if (query.source.length > 0) throw syntaxError('a CSV object has no path');
    const header = input.fileHeaderInfo === 'use' ? 'unread' : undefined;
    compileQuery(query, new CsvColumns(query.alias, header), nowMs);
  }
  return { request, query, nowMs };
}
