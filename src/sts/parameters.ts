/** Parameters of a call: of a form, of a query, or of a JSON body. Source: spec/access.md §9.1. */
import { StsError } from './errors.ts';

/** Decoded values by name. Lists of JSON bodies are spelled as forms spell them: `Tags.0.Key`. */
export type Parameters = ReadonlyMap<string, string>;

const MAX_PARAMETERS = 200;
const MAX_DEPTH = 4;

/** @param text `name=value` pairs, form-encoded: `+` is a blank @throws StsError InvalidParameter */
export function parseForm(text: string): Parameters {
  const found = new Map<string, string>();
  for (const pair of text.split('&', MAX_PARAMETERS + 1)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = formDecoded(equals < 0 ? pair : pair.slice(0, equals));
    add(found, name, equals < 0 ? '' : formDecoded(pair.slice(equals + 1)));
  }
  return found;
}

/** @throws StsError InvalidParameter, InvalidRequest (no JSON object) */
export function parseJson(text: string): Parameters {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new StsError('InvalidRequest', 'The request body is not valid JSON.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new StsError('InvalidRequest', 'The request body must be a JSON object.');
  }
  const found = new Map<string, string>();
  flatten(found, '', body, 0);
  return found;
}

function flatten(found: Map<string, string>, name: string, value: unknown, depth: number): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') {
    add(found, name, String(value));
    return;
  }
  if (depth === MAX_DEPTH) throw new StsError('InvalidParameter', 'The request body is nested too deeply.');
  for (const [key, inner] of Object.entries(value)) {
    flatten(found, name === '' ? key : `${name}.${key}`, inner, depth + 1);
  }
}

function add(found: Map<string, string>, name: string, value: string): void {
  if (found.has(name)) throw new StsError('InvalidParameter', 'A parameter is given twice.');
  if (found.size === MAX_PARAMETERS) {
    throw new StsError('InvalidParameter', `The request has more than ${MAX_PARAMETERS} parameters.`);
  }
  found.set(name, value);
}

function formDecoded(text: string): string {
  try {
    return urlDecoded(text);
  } catch {
    throw new StsError('InvalidParameter', 'The request is not well-formed: a percent escape is wrong.');
  }
}

/** Percent escapes, and `+` for a blank, as Go, Java and PHP write it. @throws URIError */
export function urlDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** @returns '' and absence are the same: undefined */
export function given(parameters: Parameters, name: string): string | undefined {
  const value = parameters.get(name);
  return value === '' ? undefined : value;
}

/** @throws StsError MissingParameter */
export function required(parameters: Parameters, name: string): string {
  const value = given(parameters, name);
  if (value === undefined) throw new StsError('MissingParameter', `The request lacks the parameter ${name}.`);
  return value;
}

/** @returns undefined when absent @throws StsError InvalidParameterValue for what is no number from 0 to 10^15 */
export function wholeNumber(parameters: Parameters, name: string): number | undefined {
  const value = given(parameters, name);
  if (value === undefined) return undefined;
  if (!/^\d{1,15}$/.test(value)) {
    throw new StsError('InvalidParameterValue', `${name} must be a whole number.`);
  }
  return Number(value);
}
