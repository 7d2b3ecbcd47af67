/** Operators of conditions in AWS policies: what one value of a request is held against. Source: spec/s3.md §9. */
import { PolicyError } from '../error.ts';
import { parseInstant } from '../instant.ts';
import { operatorOf } from '../operators.ts';
import type { PolicyRequest } from '../types.ts';
import { globOf, type Language, parseTemplate, type Template, textOf } from './template.ts';

/** Whether a value fits one of the operands; undefined where it is of no kind that can be compared with them. */
type Fits = (value: string, request: PolicyRequest) => boolean | undefined;
type Compile = (operands: readonly string[], language: Language, where: string) => Fits | undefined;

interface AwsOperator {
  /** True for `…Not…`: what must hold is that the value fits none of the operands. */
  readonly negative: boolean;
  /** @returns undefined for operands that are not of its kind @throws PolicyError */
  readonly compile: Compile;
}

const literals =
  (fold: (text: string) => string): Compile =>
  (operands, language, where) => {
    const texts = operands.map((operand) => textOf(parseTemplate(operand, false, language, where)));
    return (value, request) =>
      texts.some((text) => {
        const wanted = text(request);
        return wanted !== undefined && fold(wanted) === fold(value);
      });
  };

const globs: Compile = (operands, language, where) => {
  const tests = operands.map((operand) => globOf(parseTemplate(operand, true, language, where)));
  return (value, request) => tests.some((test) => test(request)?.(value) === true);
};

const ARN_PARTS = 6;

/** Part by part, so that no wildcard reaches from one into the next. */
const arns: Compile = (operands, language, where) => {
  const tests = operands.map((operand) => {
    const parts = partsOf(parseTemplate(operand, true, language, where));
    if (operand !== '*' && parts.length < ARN_PARTS) {
      throw new PolicyError(`${where}: ${operand.slice(0, 100)} is no ARN.`);
    }
    return parts.map((part) => globOf(part));
  });
  return (value, request) => {
    const [, ...found] = /^(.*?):(.*?):(.*?):(.*?):(.*?):(.*)$/s.exec(value) ?? [];
    if (found.length < ARN_PARTS) return undefined;
    return tests.some(
      (parts) => parts.length < ARN_PARTS || parts.every((part, at) => part(request)?.(found[at]!) === true),
    );
  };
};

/** At the first five colons; those in variables are none. */
function partsOf(template: Template): Template[] {
  const parts: Template[number][][] = [[]];
  for (const sign of template) {
    if (sign === ':' && parts.length < ARN_PARTS) parts.push([]);
    else parts.at(-1)!.push(sign);
  }
  return parts;
}

/** An operator that both languages have. */
const native =
  (name: string): Compile =>
  (operands) => {
    const fits = operatorOf(name)!.compile(operands);
    return fits === undefined ? undefined : (value, { identity }) => fits(value, identity);
  };

/** ms since the epoch, as text, of a date or of seconds since the epoch. */
function millis(text: string): string | undefined {
  const ms = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : parseInstant(text);
  return ms === undefined ? undefined : String(ms);
}

/** Points in time are compared as numbers. */
const dates =
  (name: string): Compile =>
  (operands, language, where) => {
    const instants = operands.map(millis);
    if (!instants.every((instant) => instant !== undefined)) return undefined;
    const fits = native(name)(instants, language, where)!;
    return (value, request) => {
      const at = millis(value);
      return at === undefined ? undefined : fits(at, request);
    };
  };

const pair = (name: string, not: string, compile: Compile): [string, AwsOperator][] => [
  [name, { negative: false, compile }],
  [not, { negative: true, compile }],
];
const ordered = (name: string, make: (name: string) => Compile): [string, AwsOperator][] => [
  ...pair(`${name}equals`, `${name}notequals`, make('numeric_equal')),
  [`${name}lessthan`, { negative: false, compile: make('numeric_less_than') }],
  [`${name}lessthanequals`, { negative: false, compile: make('numeric_less_than_equal') }],
  [`${name}greaterthan`, { negative: false, compile: make('numeric_greater_than') }],
  [`${name}greaterthanequals`, { negative: false, compile: make('numeric_greater_than_equal') }],
];

const OPERATORS: ReadonlyMap<string, AwsOperator> = new Map([
  ...pair(
    'stringequals',
    'stringnotequals',
    literals((text) => text),
  ),
  ...pair(
    'stringequalsignorecase',
    'stringnotequalsignorecase',
    literals((text) => text.toLowerCase()),
  ),
  ...pair('stringlike', 'stringnotlike', globs),
  ...pair('arnequals', 'arnnotequals', arns),
  ...pair('arnlike', 'arnnotlike', arns),
  ...pair('ipaddress', 'notipaddress', native('ip_equal')),
  ...ordered('numeric', native),
  ...ordered('date', dates),
  ['bool', { negative: false, compile: native('bool_equal') }],
  ['binaryequals', { negative: false, compile: native('binary_equal') }],
]);

/** @param name lower case @returns undefined for a name that is none */
export function awsOperatorOf(name: string): AwsOperator | undefined {
  return OPERATORS.get(name);
}
