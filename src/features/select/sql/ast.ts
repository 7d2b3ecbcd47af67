/** What the parser makes of an expression. Source: spec/objects.md §10.3. */
import type { ArithmeticOperator } from '../values/arithmetic.ts';
import type { ExtractPart } from '../values/date-functions.ts';
import type { Part } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';

export type ComparisonOperator = '<' | '>' | '<=' | '>=' | '=' | '<>';
export type AggregateName = 'count' | 'sum' | 'avg' | 'min' | 'max';
export type FunctionName =
  | 'coalesce'
  | 'nullif'
  | 'to_string'
  | 'to_timestamp'
  | 'utcnow'
  | 'char_length'
  | 'lower'
  | 'upper'
  | 'substring';

export type Step =
  | { readonly kind: 'name'; readonly name: string /** In double quotes: matches exactly. */; readonly exact: boolean }
  | { readonly kind: 'index'; readonly index: number };

export type NameStep = Extract<Step, { kind: 'name' }>;

export interface CastType {
  readonly name: 'bool' | 'int' | 'string' | 'float' | 'decimal' | 'timestamp';
  /** Of a decimal: digits in all and behind the point. */
  readonly precision?: number;
  readonly scale?: number;
}

export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'column'; readonly path: readonly [NameStep, ...Step[]]; readonly at: number }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  /** From left to right. */
  | {
      readonly kind: 'arithmetic';
      readonly first: Expression;
      readonly rest: readonly { readonly operator: ArithmeticOperator; readonly operand: Expression }[];
    }
  | {
      readonly kind: 'comparison';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly list: readonly Expression[];
      readonly negated: boolean;
    }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape: Expression | undefined;
      readonly negated: boolean;
    }
  | { readonly kind: 'is'; readonly operand: Expression; readonly what: 'null' | 'missing'; readonly negated: boolean }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: CastType }
  | {
      readonly kind: 'date_add';
      readonly part: Part;
      readonly amount: Expression;
      readonly operand: Expression;
    }
  | { readonly kind: 'date_diff'; readonly part: Part; readonly from: Expression; readonly to: Expression }
  | { readonly kind: 'extract'; readonly part: ExtractPart; readonly operand: Expression }
  | {
      readonly kind: 'trim';
      readonly side: 'leading' | 'trailing' | 'both';
      readonly characters: Expression | undefined;
      readonly operand: Expression;
    }
  | { readonly kind: 'function'; readonly name: FunctionName; readonly args: readonly Expression[] }
  /** No operand: `COUNT(*)`. */
  | {
      readonly kind: 'aggregate';
      readonly name: AggregateName;
      readonly operand: Expression | undefined;
      readonly at: number;
    };

export interface Projection {
  readonly expression: Expression;
  readonly alias: string | undefined;
}

/** A step of the path behind the table; `each`: the elements of a list, anything else itself. */
export type SourceStep = Step | { readonly kind: 'each' };

export interface Query {
  /** undefined: `*`. */
  readonly projections: readonly Projection[] | undefined;
  readonly source: readonly SourceStep[];
  /** The table's name when it was given none. */
  readonly alias: { readonly name: string; readonly given: boolean };
  readonly where: Expression | undefined;
  /** Rows. */
  readonly limit: number | undefined;
}
