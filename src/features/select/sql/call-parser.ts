/** Calls of functions, some of which have words between their arguments. Source: spec/objects.md §10.3. */
import type { ExtractPart } from '../values/date-functions.ts';
import { PARTS, type Part } from '../values/timestamp.ts';
import type { AggregateName, CastType, Expression, FunctionName } from './ast.ts';
import { parseExpression, parseList } from './expression-parser.ts';
import type { TokenReader } from './token-reader.ts';
import { syntaxError } from './tokens.ts';

const MAX_PRECISION = 38;

const AGGREGATES: readonly string[] = ['count', 'sum', 'avg', 'min', 'max'] satisfies AggregateName[];

/** Functions whose arguments are a plain list: how many at least, at most. */
const PLAIN: Readonly<Record<Exclude<FunctionName, 'substring'>, readonly [number, number]>> = {
  coalesce: [1, Number.POSITIVE_INFINITY],
  nullif: [2, 2],
  to_string: [2, 2],
  to_timestamp: [1, 1],
  utcnow: [0, 0],
  char_length: [1, 1],
  lower: [1, 1],
  upper: [1, 1],
};

const TYPES: ReadonlyMap<string, CastType['name']> = new Map([
  ['bool', 'bool'],
  ['int', 'int'],
  ['integer', 'int'],
  ['string', 'string'],
  ['float', 'float'],
  ['decimal', 'decimal'],
  ['numeric', 'decimal'],
  ['timestamp', 'timestamp'],
]);

/** At a word before a parenthesis. undefined, and nothing taken, when it is no function. */
export function parseCall(reader: TokenReader): Expression | undefined {
  const token = reader.peek();
  if (token.kind !== 'word') return undefined;
  const name = token.lower === 'character_length' ? 'char_length' : token.lower;
  const special = SPECIAL.get(name);
  const isPlain = Object.hasOwn(PLAIN, name);
  const isAggregate = AGGREGATES.includes(name);
  if (special === undefined && !isPlain && !isAggregate) throw syntaxError('unknown function', token.at);
  reader.take();
  reader.expectSymbol('(');
  if (special !== undefined) return special(reader);
  if (isAggregate) return parseAggregate(reader, name as AggregateName, token.at);
  const args = reader.acceptSymbol(')') ? [] : parseList(reader);
  const [least, most] = PLAIN[name as keyof typeof PLAIN];
  if (args.length < least || args.length > most) throw syntaxError('wrong number of arguments', token.at);
  return { kind: 'function', name: name as FunctionName, args };
}

const SPECIAL: ReadonlyMap<string, (reader: TokenReader) => Expression> = new Map([
  ['cast', parseCast],
  ['date_add', parseDateAdd],
  ['date_diff', parseDateDiff],
  ['extract', parseExtract],
  ['substring', parseSubstring],
  ['trim', parseTrim],
]);

function parseAggregate(reader: TokenReader, name: AggregateName, at: number): Expression {
  if (name === 'count' && reader.acceptSymbol('*')) {
    reader.expectSymbol(')');
    return { kind: 'aggregate', name, operand: undefined, at };
  }
  const operand = parseExpression(reader);
  reader.expectSymbol(')');
  return { kind: 'aggregate', name, operand, at };
}

function parseCast(reader: TokenReader): Expression {
  const operand = parseExpression(reader);
  reader.expectWord('AS');
  const token = reader.peek();
  const name = token.kind === 'word' ? TYPES.get(token.lower) : undefined;
  if (name === undefined) throw reader.unexpected('a type is expected');
  reader.take();
  const type = name === 'decimal' && reader.acceptSymbol('(') ? parseDecimalType(reader) : { name };
  reader.expectSymbol(')');
  return { kind: 'cast', operand, type };
}

function parseDecimalType(reader: TokenReader): CastType {
  const precision = reader.expectInteger(MAX_PRECISION);
  const scale = reader.acceptSymbol(',') ? reader.expectInteger(precision) : 0;
  reader.expectSymbol(')');
  return { name: 'decimal', precision, scale };
}

function parseDateAdd(reader: TokenReader): Expression {
  const part = expectPart(reader, PARTS);
  reader.expectSymbol(',');
  const amount = parseExpression(reader);
  reader.expectSymbol(',');
  const operand = parseExpression(reader);
  reader.expectSymbol(')');
  return { kind: 'date_add', part, amount, operand };
}

function parseDateDiff(reader: TokenReader): Expression {
  const part = expectPart(reader, PARTS);
  reader.expectSymbol(',');
  const from = parseExpression(reader);
  reader.expectSymbol(',');
  const to = parseExpression(reader);
  reader.expectSymbol(')');
  return { kind: 'date_diff', part, from, to };
}

function parseExtract(reader: TokenReader): Expression {
  const part = expectPart<ExtractPart>(reader, [...PARTS, 'timezone_hour', 'timezone_minute']);
  reader.expectWord('FROM');
  const operand = parseExpression(reader);
  reader.expectSymbol(')');
  return { kind: 'extract', part, operand };
}

function expectPart<T extends Part | ExtractPart>(reader: TokenReader, parts: readonly T[]): T {
  const part = reader.acceptOne(parts);
  if (part === undefined) throw reader.unexpected('a date part is expected');
  return part;
}

function parseSubstring(reader: TokenReader): Expression {
  const args = [parseExpression(reader)];
  const words = reader.acceptWord('FROM');
  if (!words) reader.expectSymbol(',');
  args.push(parseExpression(reader));
  if (words ? reader.acceptWord('FOR') : reader.acceptSymbol(',')) args.push(parseExpression(reader));
  reader.expectSymbol(')');
  return { kind: 'function', name: 'substring', args };
}

function parseTrim(reader: TokenReader): Expression {
  const named = reader.acceptOne(['leading', 'trailing', 'both']);
  const side = named ?? 'both';
  let characters: Expression | undefined;
  let operand: Expression;
  if (named !== undefined && reader.acceptWord('FROM')) operand = parseExpression(reader);
  else {
    operand = parseExpression(reader);
    if (reader.acceptWord('FROM')) {
      characters = operand;
      operand = parseExpression(reader);
    }
  }
  reader.expectSymbol(')');
  return { kind: 'trim', side, characters, operand };
}
