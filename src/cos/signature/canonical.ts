/** The texts that are signed. Source: spec/protocol.md §11.2. */
import { decodePath } from '../../http/target.ts';
import { encode, encodeReceived } from './encode.ts';
import type { ListedHeader } from './fields.ts';
import { sha1 } from './hash.ts';
import type { QueryView, SignedRequestView } from './request-view.ts';

const TOKEN = 'x-cos-security-token';

/** An encoded name in lower case and an encoded value. */
export type Pair = readonly [name: string, value: string];

/** Sorted in place by name, then by value, in byte order, and joined. */
export function joinPairs(pairs: Pair[]): string {
  if (pairs.length > 1) pairs.sort(byNameThenValue);
  let out = '';
  for (const [name, value] of pairs) out += out === '' ? `${name}=${value}` : `&${name}=${value}`;
  return out;
}

function byNameThenValue(a: Pair, b: Pair): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}

/** `HttpHeaders` of a received request. A listed header that is absent stands as `name=`. @param host stands for `host` */
export function headerString(request: SignedRequestView, listed: readonly ListedHeader[], host: string): string {
  let out = '';
  for (let i = 0; i < listed.length; i++) {
    const { name, encoded } = listed[i]!;
    const value = name === 'host' ? host : (request.header(name) ?? '');
    out += i === 0 ? `${encoded}=` : `&${encoded}=`;
    if (value !== '') out += encodeReceived(value);
  }
  return out;
}

/**
 * `HttpParameters` of a received request: all its parameters whose names are listed, in whatever case. One that is
 * listed and absent leaves no trace: taken away, it changes the text even when it had no value (`?acl`).
 * @param reading `raw`: values as they stand in the URL; `token`: a `+` of the security token is itself, not a blank
 */
export function paramString(query: QueryView, listed: ReadonlySet<string>, reading?: 'raw' | 'token'): string {
  if (listed.size === 0 || query.size === 0) return '';
  const pairs: Pair[] = [];
  for (let i = 0; i < query.size; i++) {
    const given = query.names[i]!;
    const name = encode(given).toLowerCase();
    if (!listed.has(name) && !listed.has(given.toLowerCase())) continue;
    pairs.push([name, readValue(query, i, reading)]);
  }
  return joinPairs(pairs);
}

function readValue({ names, values, rawPairs }: QueryView, i: number, reading: 'raw' | 'token' | undefined): string {
  if (reading === 'raw') return rawValue(rawPairs[i]!);
  if (reading === 'token' && names[i] === TOKEN) return encode(decodePath(rawValue(rawPairs[i]!)));
  return encode(values[i]!);
}

function rawValue(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? '' : pair.slice(equals + 1);
}

/** `HttpString`; error documents call it FormatString. @param path decoded */
export function httpString(method: string, path: string, params: string, headers: string): string {
  return `${method.toLowerCase()}\n${path}\n${params}\n${headers}\n`;
}

/** @param signTime as it stands in `q-sign-time` */
export function stringToSign(signTime: string, http: string): string {
  return `sha1\n${signTime}\n${sha1(http)}\n`;
}
