/**
 * `SELECT … FROM COSObject [path] [alias] [WHERE …] [LIMIT n]`. Source: spec/objects.md §10.3; the S3 name of the table
 * is accepted too.
 */
import { MAX_EXPRESSION } from '../request.ts';
import type { Expression, Projection, Query, SourceStep } from './ast.ts';
import { parseExpression, parseStep, parseSteps } from './expression-parser.ts';
import { isReserved } from './reserved-words.ts';
import { TokenReader } from './token-reader.ts';
import { syntaxError } from './tokens.ts';

const TABLES: readonly string[] = ['cosobject', 's3object'];

/** @throws CosError SQLParsingError */
export function parseQuery(expression: string): Query {
  if (Buffer.byteLength(expression) > MAX_EXPRESSION) throw syntaxError(`longer than ${MAX_EXPRESSION} bytes`);
  const reader = new TokenReader(expression);
  reader.expectWord('SELECT');
  const { projections, starOf } = parseSelectList(reader);
  reader.expectWord('FROM');
  const table = reader.expectName();
  if (!TABLES.includes(table.name.toLowerCase())) throw syntaxError('FROM COSObject expected', table.at);
  const source = parseSteps(reader, parseSourceStep);
  const given = parseAlias(reader);
  const alias = { name: given ?? table.name, given: given !== undefined };
  if (starOf !== undefined && starOf.toLowerCase() !== alias.name.toLowerCase())
    throw syntaxError('unknown alias of *');
  const where = reader.acceptWord('WHERE') ? parseExpression(reader) : undefined;
  const limit = reader.acceptWord('LIMIT') ? reader.expectInteger(Number.MAX_SAFE_INTEGER) : undefined;
  reader.acceptSymbol(';');
  if (reader.peek().kind !== 'end') throw reader.unexpected('the end of the expression is expected');
  return { projections, source, alias, where, limit };
}

function parseSelectList(reader: TokenReader): { projections: Query['projections']; starOf?: string } {
  if (reader.acceptSymbol('*')) {
    if (!reader.isWord('FROM')) throw reader.unexpected('* stands alone');
    return { projections: undefined };
  }
  if (reader.isSymbol('.', 1) && reader.isSymbol('*', 2)) {
    const { name } = reader.expectName();
    reader.take();
    reader.take();
    if (!reader.isWord('FROM')) throw reader.unexpected('* stands alone');
    return { projections: undefined, starOf: name };
  }
  const projections: Projection[] = [];
  do {
    const expression: Expression = parseExpression(reader);
    projections.push({ expression, alias: parseAlias(reader) });
  } while (reader.acceptSymbol(','));
  return { projections };
}

function parseAlias(reader: TokenReader): string | undefined {
  if (reader.acceptWord('AS')) return reader.expectName().name;
  const token = reader.peek();
  const isName = token.kind === 'name' || (token.kind === 'word' && !isReserved(token.text));
  return isName ? reader.expectName().name : undefined;
}

function parseSourceStep(reader: TokenReader): SourceStep | undefined {
  if (reader.isSymbol('[') && reader.isSymbol('*', 1)) {
    reader.take();
    reader.take();
    reader.expectSymbol(']');
    return { kind: 'each' };
  }
  return parseStep(reader);
}
