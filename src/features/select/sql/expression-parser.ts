/**
 * Expressions by descent, one function a level of precedence. Source: spec/objects.md §10.3, high to low: unary `-`;
 * `* / %`; `+ -`; IN; BETWEEN; LIKE; `< >` family; `=`, IS; NOT; AND; OR.
 */
import type { ArithmeticOperator } from '../values/arithmetic.ts';
import { parseTimestamp } from '../values/timestamp.ts';
import { parseNumber } from '../values/value.ts';
import type { Expression, NameStep, Step } from './ast.ts';
import { parseCall } from './call-parser.ts';
import type { TokenReader } from './token-reader.ts';
import { syntaxError } from './tokens.ts';

/** Comparisons in a row, as in `a < b = c`. */
const MAX_CHAIN = 16;
const MAX_INDEX = 2 ** 31 - 1;

/** @throws CosError SQLParsingError */
export function parseExpression(reader: TokenReader): Expression {
  return reader.nested(() => list(reader, 'or', (r) => list(r, 'and', parseNot)));
}

function list(reader: TokenReader, kind: 'and' | 'or', parse: (reader: TokenReader) => Expression): Expression {
  const operands = [parse(reader)];
  while (reader.acceptWord(kind === 'and' ? 'AND' : 'OR')) operands.push(parse(reader));
  return operands.length === 1 ? operands[0]! : { kind, operands };
}

function parseNot(reader: TokenReader): Expression {
  if (!reader.acceptWord('NOT')) return parseEquality(reader);
  return { kind: 'not', operand: reader.nested(() => parseNot(reader)) };
}

function parseEquality(reader: TokenReader): Expression {
  let left = parseRelation(reader);
  for (let chain = 0; ; chain++) {
    const operator = reader.acceptOne(['=', '<>', '!=', 'is']);
    if (operator === undefined) return left;
    if (chain === MAX_CHAIN) throw reader.unexpected('too many comparisons in a row');
    if (operator === 'is') left = parseIs(reader, left);
    else {
      left = { kind: 'comparison', operator: operator === '=' ? '=' : '<>', left, right: parseRelation(reader) };
    }
  }
}

function parseIs(reader: TokenReader, operand: Expression): Expression {
  const negated = reader.acceptWord('NOT');
  const what = reader.acceptOne(['null', 'missing']);
  if (what === undefined) throw reader.unexpected('NULL or MISSING expected');
  return { kind: 'is', operand, what, negated };
}

function parseRelation(reader: TokenReader): Expression {
  let left = parseLike(reader);
  for (let chain = 0; ; chain++) {
    const operator = reader.acceptOne(['<', '>', '<=', '>=']);
    if (operator === undefined) return left;
    if (chain === MAX_CHAIN) throw reader.unexpected('too many comparisons in a row');
    left = { kind: 'comparison', operator, left, right: parseLike(reader) };
  }
}

function parseLike(reader: TokenReader): Expression {
  const operand = parseBetween(reader);
  const negated = acceptNegatable(reader, 'LIKE');
  if (negated === undefined) return operand;
  const pattern = parseBetween(reader);
  const mark = reader.acceptWord('ESCAPE') ? parseBetween(reader) : undefined;
  return { kind: 'like', operand, pattern, escape: mark, negated };
}

function parseBetween(reader: TokenReader): Expression {
  const operand = parseIn(reader);
  const negated = acceptNegatable(reader, 'BETWEEN');
  if (negated === undefined) return operand;
  const low = parseIn(reader);
  reader.expectWord('AND');
  return { kind: 'between', operand, low, high: parseIn(reader), negated };
}

function parseIn(reader: TokenReader): Expression {
  const operand = parseSum(reader);
  const negated = acceptNegatable(reader, 'IN');
  if (negated === undefined) return operand;
  reader.expectSymbol('(');
  const items = parseList(reader);
  return { kind: 'in', operand, list: items, negated };
}

/** Expressions up to the closing parenthesis, which is taken; at least one. */
export function parseList(reader: TokenReader): Expression[] {
  const items = [parseExpression(reader)];
  while (reader.acceptSymbol(',')) items.push(parseExpression(reader));
  reader.expectSymbol(')');
  return items;
}

/** Whether NOT stood before the keyword; undefined when the keyword is not here. */
function acceptNegatable(reader: TokenReader, keyword: string): boolean | undefined {
  const negated = reader.isWord('NOT') && reader.isWord(keyword, 1);
  if (negated) reader.take();
  return reader.acceptWord(keyword) ? negated : undefined;
}

function parseSum(reader: TokenReader): Expression {
  return fold(reader, ['+', '-'], (r) => fold(r, ['*', '/', '%'], parseSigned));
}

/** Kept flat: a sum of thousands of terms is no deep tree. */
function fold(
  reader: TokenReader,
  operators: readonly ArithmeticOperator[],
  parse: (reader: TokenReader) => Expression,
): Expression {
  const first = parse(reader);
  const rest: { operator: ArithmeticOperator; operand: Expression }[] = [];
  for (;;) {
    const operator = reader.acceptOne(operators);
    if (operator === undefined) break;
    rest.push({ operator, operand: parse(reader) });
  }
  return rest.length === 0 ? first : { kind: 'arithmetic', first, rest };
}

function parseSigned(reader: TokenReader): Expression {
  if (!reader.acceptSymbol('-')) return parsePrimary(reader);
  // The smallest int has no positive counterpart.
  const token = reader.peek();
  if (token.kind === 'number') return { kind: 'literal', value: numberAt(reader, '-') };
  return { kind: 'negate', operand: reader.nested(() => parseSigned(reader)) };
}

function parsePrimary(reader: TokenReader): Expression {
  const token = reader.peek();
  switch (token.kind) {
    case 'number':
      return { kind: 'literal', value: numberAt(reader, '') };
    case 'string':
      return { kind: 'literal', value: reader.take().text };
    case 'timestamp': {
      const value = parseTimestamp(reader.take().text);
      if (value === undefined) throw syntaxError('no timestamp', token.at);
      return { kind: 'literal', value };
    }
    case 'symbol': {
      reader.expectSymbol('(');
      const inner = parseExpression(reader);
      reader.expectSymbol(')');
      return inner;
    }
    case 'word': {
      const constant = CONSTANTS.get(token.lower);
      if (constant !== undefined) {
        reader.take();
        return constant;
      }
      return (reader.isSymbol('(', 1) ? parseCall(reader) : undefined) ?? parseColumn(reader);
    }
    default:
      return parseColumn(reader);
  }
}

const CONSTANTS: ReadonlyMap<string, Expression> = new Map<string, Expression>([
  ['true', { kind: 'literal', value: true }],
  ['false', { kind: 'literal', value: false }],
  ['null', { kind: 'literal', value: null }],
  ['missing', { kind: 'literal', value: undefined }],
]);

function numberAt(reader: TokenReader, sign: '' | '-') {
  const token = reader.take();
  const value = parseNumber(sign + token.text);
  if (value === undefined) throw syntaxError('no number', token.at);
  return value;
}

function parseColumn(reader: TokenReader): Expression {
  const { name, exact, at } = reader.expectName();
  const first: NameStep = { kind: 'name', name, exact };
  return { kind: 'column', path: [first, ...parseSteps(reader, parseStep)], at };
}

/** What stands behind a name: `.name` and whatever `inBrackets` makes of the text between brackets. */
export function parseSteps<T>(reader: TokenReader, parse: (reader: TokenReader) => T | undefined): T[] {
  const steps: T[] = [];
  for (let step = parse(reader); step !== undefined; step = parse(reader)) {
    steps.push(step);
    if (steps.length > MAX_CHAIN * 4) throw reader.unexpected('too many steps in a path');
  }
  return steps;
}

/** `.name` or `[index]`; undefined when neither stands here, as before `.*`. */
export function parseStep(reader: TokenReader): Step | undefined {
  if (reader.isSymbol('.') && !reader.isSymbol('*', 1)) {
    reader.take();
    const { name, exact } = reader.expectName();
    return { kind: 'name', name, exact };
  }
  if (!reader.acceptSymbol('[')) return undefined;
  const index = reader.expectInteger(MAX_INDEX);
  reader.expectSymbol(']');
  return { kind: 'index', index };
}
