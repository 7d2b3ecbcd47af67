/** BETWEEN, IN and LIKE. Source: spec/objects.md §10.3. */
import type { Expression } from '../sql/ast.ts';
import { syntaxError } from '../sql/tokens.ts';
import { impossible } from '../values/arithmetic.ts';
import { isAbsent, type Value } from '../values/value.ts';
import { comparison } from './compare.ts';
import { textOf } from './functions.ts';
import { likeMatcher } from './like.ts';
import { strict } from './strict.ts';

type Evaluate<R> = (record: R) => Value;
type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** What the compiler lends. */
export interface Tools<R> {
  of(expression: Expression): Evaluate<R>;
  /** A CSV field: text that counts as a number beside a number. */
  isUntyped(expression: Expression): boolean;
}

export function between<R>({ operand, low, high, negated }: Of<'between'>, tools: Tools<R>): Evaluate<R> {
  const left = tools.isUntyped(operand);
  const notBelow = comparison('>=', { left, right: tools.isUntyped(low) });
  const notAbove = comparison('<=', { left, right: tools.isUntyped(high) });
  const [value, from, to] = [tools.of(operand), tools.of(low), tools.of(high)];
  return (record) => {
    const it = value(record);
    const above = notBelow(it, from(record));
    const below = notAbove(it, to(record));
    if (above === false || below === false) return negated;
    return above === null || below === null ? null : !negated;
  };
}

export function inList<R>({ operand, list, negated }: Of<'in'>, tools: Tools<R>): Evaluate<R> {
  const left = tools.isUntyped(operand);
  const value = tools.of(operand);
  // Long lists are of texts as a rule.
  const texts = list.map((item) => (item.kind === 'literal' ? item.value : undefined));
  if (texts.every((text) => typeof text === 'string')) {
    const set: ReadonlySet<Value> = new Set(texts);
    return (record) => {
      const it = value(record);
      return isAbsent(it) ? null : set.has(it) !== negated;
    };
  }
  const items = list.map((item) => ({
    evaluate: tools.of(item),
    equals: comparison('=', { left, right: tools.isUntyped(item) }),
  }));
  return (record) => {
    const it = value(record);
    let unknown = false;
    for (const { evaluate, equals } of items) {
      const equal = equals(it, evaluate(record));
      if (equal === true) return !negated;
      if (equal === null) unknown = true;
    }
    return unknown ? null : negated;
  };
}

export function like<R>({ operand, pattern, escape: mark, negated }: Of<'like'>, tools: Tools<R>): Evaluate<R> {
  const prepare = lastMatcher();
  if (
    pattern.kind === 'literal' &&
    typeof pattern.value === 'string' &&
    (mark === undefined || mark.kind === 'literal')
  ) {
    const matcher = prepare(pattern.value, mark?.value);
    if (matcher === undefined) throw syntaxError('the pattern or escape of LIKE is invalid');
  }
  const args = [operand, pattern, ...(mark === undefined ? [] : [mark])].map((arg) => tools.of(arg));
  return strict(args, ([text, form, escaping]) => {
    const matcher = prepare(textOf(form, 'LIKE'), escaping);
    if (matcher === undefined) throw impossible('the pattern or escape of LIKE is invalid');
    return matcher(textOf(text, 'LIKE')) !== negated;
  });
}

/** Patterns that come with the record are as a rule the same again. undefined for an invalid one. */
function lastMatcher() {
  let last: { readonly form: string; readonly mark: Value } | undefined;
  let matcher: ((text: string) => boolean) | undefined;
  return (form: string, mark: Value) => {
    if (last?.form === form && last.mark === mark) return matcher;
    last = { form, mark };
    if (mark === undefined) matcher = likeMatcher(form, undefined);
    else matcher = typeof mark === 'string' && [...mark].length === 1 ? likeMatcher(form, mark) : undefined;
    return matcher;
  };
}
