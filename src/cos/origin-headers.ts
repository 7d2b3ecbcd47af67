/** Headers on the way to an origin and back. Source: spec/buckets.md §18. */
import type { AttributesOf, OriginAnswer } from '../features/origin/pull.ts';
import type { OriginRule } from '../features/origin/rules.ts';
import { headersWithPrefix, headerValue } from '../http/headers.ts';
import type { QueryParams } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import { decodeAttributes } from './decode/attributes.ts';

/** RFC 8586: who has pulled for this request already. */
const LOOP = 'cdn-loop';
const NAME = 'cosette';
/** Servers like this one that may stand in a row. */
const MOST_HOPS = 4;

/** Of the connection, worked out anew, or about the copy that the client has. */
const NEVER: ReadonlySet<string> = new Set([
  LOOP,
  'connection',
  'content-length',
  'expect',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Ours, and no origin's: signatures, keys of temporary identities, keys of content.
  'x-cos-security-token',
  'x-cos-server-side-encryption-customer-key',
  'x-cos-copy-source-server-side-encryption-customer-key',
]);
const SIGNATURE = /^AWS |(?:^|[?&;, ])(?:q-sign-algorithm|AWS4-HMAC-SHA256)\b/;

/** Names of query parameters that sign a request, or take its answer apart. */
const OWN_PARAMETERS =
  /^(?:sign|q-(?:sign-algorithm|ak|sign-time|key-time|header-list|url-param-list|signature)|x-cos-(?:security-token|traffic-limit)|x-amz-(?:algorithm|credential|date|expires|signature|signedheaders|security-token|content-sha256)|awsaccesskeyid|signature|response-[a-z-]+)$/i;

/** Whether the request has come from this server, or through too many like it. @param processId of this one */
export function isLoop(wire: WireRequest, processId: string): boolean {
  const hops = (wire.header(LOOP) ?? '').split(',').map((hop) => hop.trim());
  if (hops.includes(loopMark(processId))) return true;
  return hops.filter((hop) => hop.split(';')[0]?.trim() === NAME).length >= MOST_HOPS;
}

const loopMark = (processId: string): string => `${NAME};p=${processId}`;

/** What of a request's headers its origin gets, flat. */
export function headersForOrigin(rule: OriginRule, wire: WireRequest, processId: string): string[] {
  const { all, follow, forbid, add } = rule.headers;
  const out: string[] = [];
  const added = new Set(add.map(([name]) => name.toLowerCase()));
  const { rawHeaders } = wire;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    if (NEVER.has(name) || added.has(name) || value === '') continue;
    if (name === 'authorization' && SIGNATURE.test(value)) continue;
    if (all ? !forbid.includes(name) : follow.includes(name)) out.push(rawHeaders[i]!, value);
  }
  for (const [name, value] of add) out.push(name, value);
  const hops = wire.header(LOOP);
  out.push('CDN-Loop', hops === undefined ? loopMark(processId) : `${hops}, ${loopMark(processId)}`);
  return out;
}

/** The query that the origin gets, with `?`; '' for none. */
export function queryForOrigin({ names, rawPairs }: QueryParams): string {
  const kept = rawPairs.filter((_, at) => !OWN_PARAMETERS.test(names[at]!));
  return kept.length === 0 ? '' : `?${kept.join('&')}`;
}

const META = 'x-cos-meta-';
const STORED = ['cache-control', 'content-disposition', 'content-encoding', 'content-type', 'expires'] as const;

/** What is stored of an answer: five headers and user metadata, in the form of an upload's. */
export function originAttributes(maxMetaBytes: number): AttributesOf {
  return ({ rawHeaders }, key) => {
    const kept: string[] = [];
    for (const name of STORED) {
      const value = headerValue(rawHeaders, name);
      if (value !== undefined) kept.push(name, value);
    }
    for (const [name, value] of headersWithPrefix(rawHeaders, META)) {
      // No name of user metadata has an underscore.
      if (!name.includes('_')) kept.push(META + name, value);
    }
    const source = { rawHeaders: kept, header: (name: string) => headerValue(kept, name) };
    return decodeAttributes(source, key, maxMetaBytes);
  };
}

/** Of the origin's own copy, or of its answer. */
const UNSTORED = [
  'accept-ranges',
  'content-language',
  'content-range',
  'etag',
  'last-modified',
  'location',
  'retry-after',
  'www-authenticate',
] as const;

/**
 * What a client sees of an origin's answer that is passed on.
 * @param which `stored`: what the stored object will say too, without the type
 */
export function passedHeaders({ rawHeaders }: OriginAnswer, which: 'all' | 'stored'): string[] {
  const out: string[] = [];
  const names = which === 'all' ? [...STORED, ...UNSTORED] : STORED.filter((name) => name !== 'content-type');
  for (const name of names) {
    const value = headerValue(rawHeaders, name);
    if (value !== undefined) out.push(spelled(name), value);
  }
  for (const [name, value] of headersWithPrefix(rawHeaders, META)) out.push(META + name, value);
  return out;
}

function spelled(name: string): string {
  if (name === 'etag') return 'ETag';
  if (name === 'www-authenticate') return 'WWW-Authenticate';
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
