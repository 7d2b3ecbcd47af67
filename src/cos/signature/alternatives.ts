/**
 * What correct clients sign otherwise than they send it. Source: spec/protocol.md §12.1–§12.3.
 *
 * The texts are tried after the request as received has failed, so they cost refused requests only; there are at most
 * four hosts, two paths and four parameter strings.
 */
import { decodePath } from '../../http/target.ts';
import { headerString, httpString, paramString } from './canonical.ts';
import type { SignatureFields } from './fields.ts';
import type { QueryView, SignedRequestView } from './request-view.ts';

/** Other readings of a request as `HttpString`; the request as received is not among them. */
export function* alternatives(request: SignedRequestView, fields: SignatureFields): Generator<string> {
  const headers = hostsOf(request, fields).map((host) => headerString(request, fields.headers, host));
  const params = paramStringsOf(request.query, fields.params);
  const paths = pathsOf(request);
  for (const path of paths) {
    for (const param of params) {
      for (const header of headers) {
        if (path === paths[0] && param === params[0] && header === headers[0]) continue;
        yield httpString(request.method, path, param, header);
      }
    }
  }
}

/** As sent first; then as clients write it that drop the port, add the default one, or change the case. */
function hostsOf({ host, secure }: SignedRequestView, { headers }: SignatureFields): string[] {
  if (!headers.some(({ name }) => name === 'host')) return [host];
  const lower = host.toLowerCase();
  const colon = host.lastIndexOf(':');
  const hasPort = colon > host.lastIndexOf(']');
  const others = hasPort
    ? [lower, host.slice(0, colon), lower.slice(0, colon)]
    : [lower, `${lower}:${secure ? 443 : 80}`];
  return distinct([host, ...others]);
}

/** PHP reads a `+` of the path as a blank before it signs. */
function pathsOf({ decodedPath, rawPath }: SignedRequestView): string[] {
  if (rawPath.indexOf('+') < 0) return [decodedPath];
  // Decoded before, so it can be decoded again; in path style and behind a bucket host alike it is the whole path.
  return distinct([decodedPath, decodePath(rawPath.replaceAll('+', ' '))]);
}

/** PHP signs values as they stand in the URL, or sends the token with a raw `+`; Node sorts by decoded names. */
function paramStringsOf(query: QueryView, listed: ReadonlySet<string>): string[] {
  const canonical = paramString(query, listed);
  if (canonical === '') return [canonical];
  return distinct([
    canonical,
    paramString(query, listed, 'raw'),
    paramString(query, listed, 'token'),
    inDecodedOrder(canonical),
  ]);
}

/** The same pairs in the order of their decoded names. */
function inDecodedOrder(canonical: string): string {
  if (canonical.indexOf('&') < 0) return canonical;
  const pairs = canonical.split('&').map((pair): [decoded: string, pair: string] => {
    return [decodeURIComponent(pair.slice(0, pair.indexOf('='))), pair];
  });
  // The sort is stable: pairs of one name keep the order of their values.
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return pairs.map(([, pair]) => pair).join('&');
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
