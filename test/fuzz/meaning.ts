/**
 * What a signature says, read in the simplest way: two requests that say the same are one signed request in two
 * spellings, and the second may be accepted. That is so, by spec/protocol.md §11, for
 *
 * - the order of the seven fields, pieces between them that are none of them, blanks around all of them;
 * - the order, the case and repetitions of names in a list; a name in the list of parameters that no parameter has;
 * - escapes in a URL that need not be there, or in the other case; other parameters and headers that are not listed;
 * - the case of a parameter's name: it is signed in lower case;
 * - white space in the base64 of a form's policy, and the unused bits at the end of a token's.
 *
 * Every other mutation changes what is said, and must be refused.
 */
import type { Form } from './forms.ts';
import type { FuzzRequest } from './request.ts';

const SEVEN = [
  'q-sign-algorithm',
  'q-ak',
  'q-sign-time',
  'q-key-time',
  'q-header-list',
  'q-url-param-list',
  'q-signature',
];
type Fields = Map<string, string>;

/** @returns undefined where it says nothing that can be understood: then it must be refused */
export function meaningOf({ reading }: Form, request: FuzzRequest): string | undefined {
  const query = pairsOf(request.query, decodeQuery);
  if (query === undefined) return undefined;
  switch (reading) {
    case 'header':
      return ofFields(textPairs(header(request, 'authorization')), query, request);
    case 'query':
      return header(request, 'authorization') === '' ? ofFields(query, query, request) : undefined;
    case 'sign': {
      const sign = query.find(([name]) => name === 'sign');
      return sign === undefined ? undefined : ofFields(textPairs(sign[1]), query, request);
    }
    case 'v4': {
      const sign = query.find(([name]) => name === 'sign');
      return sign === undefined ? undefined : Buffer.from(sign[1].replaceAll(' ', '+'), 'base64').toString('hex');
    }
    case 'form':
      return ofForm(request.body.toString('latin1'));
  }
}

type Pairs = (readonly [name: string, value: string])[];

/** The seven fields as one text: a piece without `=` is no field of it. */
function textPairs(text: string): Pairs | undefined {
  const fields = text.split('&').filter((piece) => piece.includes('='));
  return pairsOf(fields.join('&'), (part) => part);
}

function pairsOf(text: string, decode: (text: string) => string | undefined): Pairs | undefined {
  const pairs: Pairs = [];
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = decode(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return pairs;
}

function ofFields(pairs: Pairs | undefined, query: Pairs, request: FuzzRequest): string | undefined {
  const fields: Fields = new Map();
  for (const [name, value] of pairs ?? []) {
    if (!SEVEN.includes(name)) continue;
    if (fields.has(name)) return undefined;
    fields.set(name, value);
  }
  if (fields.size !== SEVEN.length) return undefined;
  const headers = listOf(fields.get('q-header-list')!).map((name) => [name, header(request, name)]);
  const params = listOf(fields.get('q-url-param-list')!).flatMap((name) =>
    query.flatMap(([given, value]) => (given.toLowerCase() === name ? [[name, value]] : [])),
  );
  const rest = SEVEN.filter((name) => !name.endsWith('list')).map((name) => fields.get(name));
  // Which identity a temporary key is, its token says; spellings of one base64 text are one token.
  const token =
    header(request, 'x-cos-security-token') ||
    (query.find(([name]) => name.toLowerCase() === 'x-cos-security-token')?.[1] ?? '');
  const { method, path } = request;
  return JSON.stringify({ method, path, rest, headers, params: params.sort(), token: bytesOf(token) });
}

function listOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(';')
        .map((name) => decodeQuery(name) ?? name)
        .map((name) => name.toLowerCase()),
    ),
  ]
    .filter((name) => name !== '')
    .sort();
}

function header({ headers }: FuzzRequest, name: string): string {
  return headers
    .filter(([given]) => given === name)
    .map(([, value]) => value.replace(/^[ \t]+|[ \t]+$/g, ''))
    .join(',');
}

/** One character a byte, so that bytes that are no UTF-8 stay what they are. */
function decodeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(Buffer.from(text.replaceAll('+', ' '), 'latin1').toString('utf8'));
  } catch {
    return undefined;
  }
}

function bytesOf(base64: string): string {
  return Buffer.from(base64, 'base64url').toString('hex');
}

function ofForm(body: string): string {
  const fields: Fields = new Map();
  for (const [, name = '', value = ''] of body.matchAll(/name="([^"]*)"\r\n\r\n([\s\S]*?)\r\n--fuzz/g)) {
    const lower = name.toLowerCase();
    if (!fields.has(lower)) fields.set(lower, value);
  }
  const policy = Buffer.from((fields.get('policy') ?? '').replace(/\s+/g, ''), 'base64').toString('hex');
  return JSON.stringify([
    policy,
    ...['key', 'q-sign-algorithm', 'q-ak', 'q-key-time', 'q-signature'].map((name) => fields.get(name)),
  ]);
}
