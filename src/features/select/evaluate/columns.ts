/** What names in an expression stand for: fields of a CSV record, paths into a JSON value. Source: §10.3. */
import { CosError } from '../../../errors/cos-error.ts';
import type { NameStep, Query, Step } from '../sql/ast.ts';
import { syntaxError } from '../sql/tokens.ts';
import { type Json, JsonNumber, type JsonObject, type Value } from '../values/value.ts';

export type Path = readonly [NameStep, ...Step[]];

/** @typeParam R record of the input */
export interface Columns<R> {
  /** Fields are text that counts as a number beside a number. */
  readonly untyped: boolean;
  /** @throws CosError SQLParsingError, AmbiguousFieldName; so may what it returns */
  column(path: Path, at: number): (record: R) => Value;
}

const POSITION = /^_(\d+)$/;
const MAX_POSITION = 2 ** 31 - 1;

export type CsvRecord = readonly string[];

export class CsvColumns implements Columns<CsvRecord> {
  readonly untyped = true;
  /** Fields that are looked at, counted from the first. */
  used = 0;
  readonly #alias: Query['alias'];
  readonly #header: readonly string[] | 'unread' | undefined;

  /** @param header names of the columns; `unread` accepts every name, before the header is known */
  constructor(alias: Query['alias'], header: readonly string[] | 'unread' | undefined) {
    this.#alias = alias;
    this.#header = header;
  }

  column(path: Path, at: number): (record: CsvRecord) => Value {
    const [step, ...rest] = path.length > 1 && isAlias(path[0], this.#alias) ? path.slice(1) : path;
    if (step?.kind !== 'name' || rest.length > 0) throw syntaxError('unknown alias or path in a CSV record', at);
    const index = this.#indexOf(step, at);
    this.used = Math.max(this.used, index + 1);
    return (record) => record[index];
  }

  #indexOf(step: NameStep, at: number): number {
    const header = this.#header;
    const position = POSITION.exec(step.name);
    if (position !== null && (!step.exact || typeof header !== 'object' || !header.includes(step.name))) {
      const number = Number(position[1]);
      if (number < 1 || number > MAX_POSITION) throw syntaxError('columns count from _1', at);
      return number - 1;
    }
    if (header === 'unread') return 0;
    const lower = step.name.toLowerCase();
    const found: number[] = [];
    header?.forEach((name, index) => {
      if (step.exact ? name === step.name : name.toLowerCase() === lower) found.push(index);
    });
    if (found.length > 1) throw ambiguous(step.name);
    if (found.length === 0) throw syntaxError(`no column ${step.name.slice(0, 100)}`, at);
    return found[0]!;
  }
}

export class JsonColumns implements Columns<Json> {
  readonly untyped = false;
  readonly #alias: Query['alias'];

  constructor(alias: Query['alias']) {
    this.#alias = alias;
  }

  column(path: Path, at: number): (record: Json) => Value {
    const named = isAlias(path[0], this.#alias);
    if (!named && path.length > 1 && this.#alias.given) throw syntaxError('unknown alias', at);
    const steps: readonly Step[] = named ? path.slice(1) : path;
    return (record) => {
      let value: Json | undefined = record;
      for (const step of steps) {
        if (value === undefined) return undefined;
        value = stepInto(value, step);
      }
      return value;
    };
  }
}

/** undefined when there is nothing. @throws CosError AmbiguousFieldName */
export function stepInto(value: Json, step: Step): Json | undefined {
  if (step.kind === 'index') return isList(value) ? value[step.index] : undefined;
  if (!isObject(value)) return undefined;
  if (step.exact) return value.get(step.name);
  let found: Json | undefined;
  const lower = step.name.toLowerCase();
  for (const [name, member] of value) {
    if (name !== step.name && name.toLowerCase() !== lower) continue;
    if (found !== undefined) throw ambiguous(step.name);
    found = member;
  }
  return found;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof JsonNumber) && !isList(value);
}

function isAlias(step: NameStep, alias: Query['alias']): boolean {
  return step.exact ? step.name === alias.name : step.name.toLowerCase() === alias.name.toLowerCase();
}

function ambiguous(name: string): CosError {
  return new CosError('AmbiguousFieldName', {
    message: `Field name matches to multiple fields in the file: ${name.slice(0, 100)}`,
  });
}
