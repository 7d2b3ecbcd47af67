/**
 * Reads what an upload says about its callback and about its answer: Base64 texts, decoded and judged before anything is
 * stored. Sources: spec/objects.md §12, spec/errors.md `CallbackFailed`.
 */
import { CosError } from '../../errors/cos-error.ts';
import { type CustomVariables, parseTemplate, type Template } from './template.ts';

export interface Callback {
  /** Tried in turn; empty when the field is missing, which COS answers with CallbackFailed once the object is stored. */
  readonly urls: readonly URL[];
  /** Instead of the host of the URL. */
  readonly hostHeader: string | undefined;
  readonly body: Template;
  readonly bodyType: 'form' | 'json';
  readonly variables: CustomVariables;
}

export type ReturnBody =
  | { readonly template: Template; readonly format: 'json' | 'text' }
  /** It asks for what media processing would tell: the upload succeeds, its answer says why there is no body. */
  | { readonly template: undefined; readonly why: string };

const MOST_URLS = 5;
/** Characters of an encoded text: as much as all headers of a request may be. */
const MOST_CHARACTERS = 64 * 1024;
const MOST_URL_CHARACTERS = 8 * 1024;
const BODY_TYPES = { 'application/x-www-form-urlencoded': 'form', 'application/json': 'json' } as const;
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/**
 * @param encoded the callback; undefined when the request has none
 * @param encodedVariables values of the custom variables
 * @returns undefined when nobody is to be called: none was asked for, or its URL is empty
 * @throws CosError InvalidArgument, NotImplemented
 */
export function decodeCallback(
  encoded: string | undefined,
  encodedVariables: string | undefined,
): Callback | undefined {
  const variables = encodedVariables === undefined ? new Map<string, string>() : decodeVariables(encodedVariables);
  if (encoded === undefined) return undefined;
  const fields = decodeObject(encoded, 'callback');
  const url = textField(fields, 'callbackUrl');
  if (url !== undefined && url.trim() === '') return undefined;
  const host = textField(fields, 'callbackHost');
  if (host !== undefined && host !== '' && !HOST.test(host)) invalid('callbackHost is no host name or IP address.');
  const body = textField(fields, 'callbackBody');
  if (body === undefined) invalid('callbackBody is missing.');
  return {
    urls: url === undefined ? [] : parseUrls(url),
    hostHeader: host === '' ? undefined : host,
    body: parseTemplate(body),
    bodyType: bodyTypeOf(textField(fields, 'callbackBodyType')),
    variables,
  };
}

/** @throws CosError InvalidArgument */
export function decodeReturnBody(encoded: string): ReturnBody {
  const text = decodeText(encoded, 'return body');
  try {
    return { template: parseTemplate(text), format: /^\s*[{[]/.test(text) ? 'json' : 'text' };
  } catch (error) {
    if (error instanceof CosError && error.code === 'NotImplemented')
      return { template: undefined, why: error.message };
    throw error;
  }
}

function decodeVariables(encoded: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(decodeObject(encoded, 'callback variables'))) {
    if (!name.startsWith('x:')) invalid('The name of a callback variable begins with x:.');
    if (typeof value !== 'string') invalid('The value of a callback variable is a string.');
    variables.set(name, value);
  }
  return variables;
}

function parseUrls(text: string): URL[] {
  const urls = text
    .split(';')
    .map((url) => url.trim())
    .filter((url) => url !== '');
  if (urls.length === 0 || urls.length > MOST_URLS) invalid(`callbackUrl holds 1 to ${MOST_URLS} URLs.`);
  return urls.map(parseUrl);
}

function parseUrl(text: string): URL {
  if (text.length > MOST_URL_CHARACTERS || /[\0-\x20\x7f\\]/.test(text)) invalid('A URL of callbackUrl is not valid.');
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : invalid('A URL of callbackUrl is not valid.');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') invalid('callbackUrl is http or https.');
  if (url.username !== '' || url.password !== '') invalid('callbackUrl must not hold a user or a password.');
  return url;
}

function bodyTypeOf(text: string | undefined): 'form' | 'json' {
  if (text === undefined || text.trim() === '') return 'form';
  const found = BODY_TYPES[text.trim().toLowerCase() as keyof typeof BODY_TYPES];
  return found ?? invalid(`callbackBodyType is one of ${Object.keys(BODY_TYPES).join(', ')}.`);
}

function textField(fields: Record<string, unknown>, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : invalid(`${name} is a string.`);
}

function decodeObject(encoded: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(decodeText(encoded, what));
  } catch (error) {
    if (error instanceof CosError) throw error;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return invalid(`The ${what} must be the Base64 text of a JSON object.`);
}

/** Both alphabets of Base64: callbacks use the common one, return bodies the one for URLs. Padding may lack. */
function decodeText(encoded: string, what: string): string {
  const text = encoded.trim();
  if (text.length > MOST_CHARACTERS) invalid(`The ${what} is longer than ${MOST_CHARACTERS} characters.`);
  try {
    if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) {
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'));
    }
  } catch {
    // No UTF-8: the same error.
  }
  return invalid(`The ${what} must be UTF-8 in Base64.`);
}

function invalid(message: string): never {
  throw new CosError('InvalidArgument', { message });
}
