/** From an expression to a function of the record. Source: spec/objects.md §10.3. */
import type { Expression } from '../sql/ast.ts';
import { syntaxError } from '../sql/tokens.ts';
import { calculate, impossible } from '../values/arithmetic.ts';
import { dateAdd, dateDiff, extract } from '../values/date-functions.ts';
import { timestampFormat } from '../values/timestamp-format.ts';
import { isAbsent, kindOf, type NumberValue, numberOf, parseNumber, type Value } from '../values/value.ts';
import { type Accumulator, accumulator } from './aggregates.ts';
import { cast, castFailed } from './cast.ts';
import type { Columns } from './columns.ts';
import { comparison } from './compare.ts';
import { functionOf, integerOf, textOf, timestampOf, trim } from './functions.ts';
import { between, inList, like, type Tools } from './predicates.ts';
import { strict } from './strict.ts';

export type Evaluate<R> = (record: R) => Value;

export interface Scope<R> {
  readonly columns: Columns<R>;
  /** UTCNOW, milliseconds since 1970-01-01T00:00:00Z. */
  readonly nowMs: number;
  /** Where aggregates go; undefined where there must be none. */
  readonly aggregates: { readonly accumulator: Accumulator; readonly operand: Evaluate<R> }[] | undefined;
  /** Called for columns outside aggregates. */
  readonly onColumn: (at: number) => void;
}

/** @throws CosError SQLParsingError, AmbiguousFieldName; what it returns throws the codes of evaluation */
export function compile<R>(expression: Expression, scope: Scope<R>): Evaluate<R> {
  const of = (inner: Expression) => compile(inner, scope);
  const tools: Tools<R> = { of, isUntyped: (inner) => isUntyped(inner, scope) };
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'column':
      scope.onColumn(expression.at);
      return scope.columns.column(expression.path, expression.at);
    case 'aggregate':
      return compileAggregate(expression, scope);
    case 'negate':
      return arithmetic([of(expression.operand)], [isUntyped(expression.operand, scope)], ([value]) =>
        calculate('-', 0n, value!),
      );
    case 'arithmetic':
      return compileArithmetic(expression, scope);
    case 'not': {
      const operand = of(expression.operand);
      return (record) => {
        const value = operand(record);
        return typeof value === 'boolean' ? !value : null;
      };
    }
    case 'and':
      return connective(expression.operands.map(of), false);
    case 'or':
      return connective(expression.operands.map(of), true);
    case 'comparison': {
      const { left, right } = expression;
      const compare = comparison(expression.operator, {
        left: isUntyped(left, scope),
        right: isUntyped(right, scope),
      });
      const [a, b] = [of(left), of(right)];
      return (record) => compare(a(record), b(record));
    }
    case 'between':
      return between(expression, tools);
    case 'in':
      return inList(expression, tools);
    case 'like':
      return like(expression, tools);
    case 'is': {
      const { what, negated } = expression;
      const operand = of(expression.operand);
      return (record) => {
        const value = operand(record);
        return (what === 'null' ? isAbsent(value) : value === undefined) !== negated;
      };
    }
    case 'cast': {
      const { type } = expression;
      const operand = of(expression.operand);
      return (record) => cast(operand(record), type);
    }
    case 'date_add':
      return strict([of(expression.amount), of(expression.operand)], ([amount, value]) => {
        const result = dateAdd(expression.part, integerOf(amount, 'DATE_ADD'), timestampOf(value, 'DATE_ADD'));
        if (result === undefined) throw impossible('timestamp overflow');
        return result;
      });
    case 'date_diff':
      return strict([of(expression.from), of(expression.to)], ([from, to]) =>
        BigInt(dateDiff(expression.part, timestampOf(from, 'DATE_DIFF'), timestampOf(to, 'DATE_DIFF'))),
      );
    case 'extract':
      return strict([of(expression.operand)], ([value]) =>
        BigInt(extract(expression.part, timestampOf(value, 'EXTRACT'))),
      );
    case 'trim': {
      const { side, characters } = expression;
      const args = [of(expression.operand), ...(characters === undefined ? [] : [of(characters)])];
      return strict(args, ([text, gone]) =>
        trim(textOf(text, 'TRIM'), side, gone === undefined ? undefined : textOf(gone, 'TRIM')),
      );
    }
    case 'function': {
      const { name, args } = expression;
      const pattern = name === 'to_string' ? args[1]! : undefined;
      if (pattern?.kind === 'literal' && timestampFormat(String(pattern.value)) === undefined) {
        throw syntaxError('the pattern of TO_STRING is invalid');
      }
      return functionOf(name, args.map(of), scope.nowMs);
    }
  }
}

/** @param decisive the value that settles it: false for AND, true for OR */
function connective<R>(operands: readonly Evaluate<R>[], decisive: boolean): Evaluate<R> {
  return (record) => {
    let result: boolean | null = !decisive;
    for (const operand of operands) {
      const value = operand(record);
      if (value === decisive) return decisive;
      if (typeof value !== 'boolean') result = null;
    }
    return result;
  };
}

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

function compileArithmetic<R>({ first, rest }: Of<'arithmetic'>, scope: Scope<R>): Evaluate<R> {
  const all = [first, ...rest.map(({ operand }) => operand)];
  const operators = rest.map(({ operator }) => operator);
  return arithmetic(
    all.map((operand) => compile(operand, scope)),
    all.map((operand) => isUntyped(operand, scope)),
    (numbers) => {
      let result = numbers[0]!;
      for (let i = 0; i < operators.length; i++) result = calculate(operators[i]!, result, numbers[i + 1]!);
      return result;
    },
  );
}

function arithmetic<R>(
  operands: readonly Evaluate<R>[],
  untyped: readonly boolean[],
  apply: (numbers: readonly NumberValue[]) => Value,
): Evaluate<R> {
  return strict(operands, (values) => apply(values.map((value, i) => toNumber(value, untyped[i]!))));
}

/** @param untyped text is a number if it reads like one */
function toNumber(value: Value, untyped: boolean): NumberValue {
  const number = untyped && typeof value === 'string' ? parseNumber(value.trim()) : numberOf(value);
  if (number !== undefined) return number;
  if (untyped) throw castFailed(value, 'a number');
  throw impossible(`a value of type ${kindOf(value)} is no number`);
}

function compileAggregate<R>({ name, operand, at }: Of<'aggregate'>, scope: Scope<R>): Evaluate<R> {
  if (scope.aggregates === undefined) throw syntaxError('an aggregate function has no place here', at);
  const untyped = operand !== undefined && isUntyped(operand, scope);
  const state = accumulator(name, (value) => toNumber(value, untyped));
  const inner: Scope<R> = { ...scope, aggregates: undefined, onColumn: () => {} };
  scope.aggregates.push({
    accumulator: state,
    operand: operand === undefined ? () => true : compile(operand, inner),
  });
  return () => state.result();
}

function isUntyped<R>(expression: Expression, scope: Scope<R>): boolean {
  if (!scope.columns.untyped) return false;
  if (expression.kind === 'column') return true;
  const passes = expression.kind === 'function' && (expression.name === 'coalesce' || expression.name === 'nullif');
  return passes && expression.args.some((arg) => isUntyped(arg, scope));
}
