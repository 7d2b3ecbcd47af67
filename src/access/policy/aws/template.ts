/** Texts of AWS policies with wildcards and policy variables. Source: spec/s3.md §9; the elements of the language. */
import { PolicyError } from '../error.ts';
import type { PolicyRequest } from '../types.ts';
import { ANY, compileGlob, type Glob, ONE } from './glob.ts';
import { factKey, isAwsKey, valuesOfAws } from './keys.ts';

interface Variable {
  /** As `valuesOfAws` takes it. */
  readonly key: string;
  /** Where the request has no value. */
  readonly otherwise: string | undefined;
}

/** Single characters, wildcards and variables in their order. */
export type Template = readonly (string | typeof ANY | typeof ONE | Variable)[];

/** What the version of a document says of its texts. */
export interface Language {
  /** `2012-10-17` has variables, `2008-10-17` has none. */
  readonly variables: boolean;
}

const VARIABLE = /^\$\{([^{}]*)\}/;
const NAMED = /^\s*([^\s,']+)\s*(?:,\s*'([^']*)'\s*)?$/;
/** Signs that are written so where they stand for themselves. */
const SIGNS: ReadonlySet<string> = new Set(['*', '?', '$']);

/**
 * @param wild whether `*` and `?` are wildcards
 * @throws PolicyError for a variable that is not known: a text that never fits would turn a deny into nothing
 */
export function parseTemplate(source: string, wild: boolean, { variables }: Language, where: string): Template {
  const parts: Template[number][] = [];
  for (let at = 0; at < source.length; ) {
    const sign = source[at]!;
    const [written, inner] = (variables && sign === '$' && VARIABLE.exec(source.slice(at))) || [];
    if (written !== undefined) {
      parts.push(SIGNS.has(inner!) ? inner! : variableOf(inner!, where));
      at += written.length;
      continue;
    }
    parts.push(wild && sign === '*' ? ANY : wild && sign === '?' ? ONE : sign);
    at += 1;
  }
  return parts;
}

function variableOf(inner: string, where: string): Variable {
  const [, name = '', otherwise] = NAMED.exec(inner) ?? [];
  if (!isAwsKey(name)) throw new PolicyError(`${where}: the policy variable ${inner.slice(0, 100)} is not known.`);
  return { key: factKey(name), otherwise };
}

const isVariable = (part: Template[number]): part is Variable => typeof part === 'object';

/** @returns a test that holds for nobody who has no value of one of the variables */
export function globOf(template: Template): (request: PolicyRequest) => Glob | undefined {
  return filledWith(template, compileGlob);
}

/** @returns the text; undefined for who has no value of one of the variables */
export function textOf(template: Template): (request: PolicyRequest) => string | undefined {
  return filledWith(template, (parts) => parts.join(''));
}

function filledWith<T>(
  template: Template,
  compile: (parts: readonly (string | typeof ANY | typeof ONE)[]) => T,
): (request: PolicyRequest) => T | undefined {
  if (!template.some(isVariable)) {
    const fixed = compile(template as readonly string[]);
    return () => fixed;
  }
  return (request) => {
    const parts: (string | typeof ANY | typeof ONE)[] = [];
    for (const part of template) {
      if (!isVariable(part)) parts.push(part);
      else {
        const value = valueIn(part, request);
        if (value === undefined) return undefined;
        // What a request says of itself has no wildcards.
        parts.push(...value.split(''));
      }
    }
    return compile(parts);
  };
}

/** Variables have one value; a key that has several at once has none. */
function valueIn({ key, otherwise }: Variable, request: PolicyRequest): string | undefined {
  const values = valuesOfAws(key, request);
  return values === undefined ? otherwise : key === SEVERAL ? undefined : values[0];
}

const SEVERAL = 's3:requestobjecttagkeys';
