/** Values as text, in CSV fields and in JSON. Source: spec/objects.md §10.4. */
import { impossible } from '../values/arithmetic.ts';
import { Timestamp } from '../values/timestamp.ts';
import { type Json, JsonNumber, type Value } from '../values/value.ts';

/** Without blanks; numbers as they were written. @throws CosError ErrorWritingRow for a float JSON has no text for */
export function jsonText(value: Exclude<Value, undefined>): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Timestamp) return `"${value}"`;
  if (value instanceof Map) return membersText(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  return numberText(value as Exclude<typeof value, readonly Json[] | ReadonlyMap<string, Json>>);
}

/** Null and missing are empty; lists and objects are JSON. @throws CosError ErrorWritingRow for NaN and infinity */
export function fieldText(value: Value): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return value instanceof Timestamp ? String(value) : jsonText(value);
}

function membersText(members: ReadonlyMap<string, Json>): string {
  const texts: string[] = [];
  for (const [name, value] of members) texts.push(`${JSON.stringify(name)}:${jsonText(value)}`);
  return `{${texts.join(',')}}`;
}

function numberText(value: JsonNumber | bigint | number | { toString(): string }): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === 'number' && !Number.isFinite(value)) throw impossible(`${value} has no text`);
  return String(value);
}
