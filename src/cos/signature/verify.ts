/**
 * Who signed a request. Source: spec/protocol.md §11.3, §12.2–§12.4, §14.
 */
import { timingSafeEqual } from 'node:crypto';
import { type AccessKey, ANONYMOUS, type Identity, type KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { httpString, joinPairs, signatureOf, signKey, stringToSign } from './canonical.ts';
import { encode, encodeHeader } from './encode.ts';
import { fieldsOf, isV4Token, type ParsedSignature, parseAuthorization, type SignatureFields } from './parse.ts';
import { verifyV4Token } from './v4-token.ts';

/** What a signature covers of a request. */
export interface SignedRequestView {
  readonly method: string;
  readonly decodedPath: string;
  readonly rawPath: string;
  /** Decoded, in order. */
  readonly query: {
    readonly size: number;
    readonly names: readonly string[];
    readonly values: readonly string[];
    get(name: string): string | undefined;
    getRaw(name: string): string | undefined;
  };
  /** As sent. */
  readonly host: string;
  readonly secure: boolean;
  /** Trimmed; repeated lines joined with `,`; undefined when absent or empty. @param name lower case */
  header(name: string): string | undefined;
}

/** Clock difference that is still taken for the same time, s (spec/limits.md §4). */
const MAX_SKEW_S = 900;

/**
 * @returns the key's identity, or anonymous when nothing is signed
 * @throws CosError AccessDenied, InvalidAccessKeyId, RequestTimeTooSkewed, SignatureDoesNotMatch,
 *   VerifyAlgorithmNotSupported, NotImplemented (signatures of Amazon S3)
 */
export function verifyRequest(request: SignedRequestView, keyRing: KeyRing, nowMs: number): Identity {
  const header = request.header('authorization');
  if (header !== undefined) {
    if (header.startsWith('AWS')) throw foreign();
    return verifyParsed(request, parseCached(header), keyRing, nowMs);
  }
  const { query } = request;
  if (query.size === 0) return ANONYMOUS;
  if (query.get('q-signature') !== undefined || query.get('q-sign-algorithm') !== undefined) {
    return verifyParsed(request, { ...fieldsOf((name) => query.get(name)), key: undefined }, keyRing, nowMs);
  }
  const merged = query.get('sign');
  if (merged !== undefined && merged !== '') {
    if (isV4Token(merged)) return verifyV4Token(merged, request, keyRing, nowMs);
    return verifyParsed(request, { ...parseAuthorization(merged), key: undefined }, keyRing, nowMs);
  }
  if (query.get('X-Amz-Algorithm') !== undefined) throw foreign();
  return ANONYMOUS;
}

function foreign(): CosError {
  return new CosError('NotImplemented', { message: 'Signatures of Amazon S3 are not implemented' });
}

interface Parsed extends ParsedSignature {
  /** The SignKey that was made for these fields, once their SecretId was known. */
  key: { readonly secretKey: string; readonly signKey: string } | undefined;
}

/**
 * Clients sign many requests with the same fields: what stands before `q-signature` is parsed once, and its SignKey
 * made once (DESIGN §7.7).
 */
const CACHED = 4_096;
/** Longer texts are parsed each time, so that the cache stays small whatever clients send. Characters. */
const MAX_CACHED_TEXT = 2_048;
const cache = new Map<string, Parsed>();

function parseCached(header: string): Parsed {
  const at = header.lastIndexOf('&q-signature=');
  if (at < 0 || at > MAX_CACHED_TEXT || header.length - at !== 53)
    return { ...parseAuthorization(header), key: undefined };
  const before = header.slice(0, at);
  const signature = header.slice(at + 13);
  let parsed = cache.get(before);
  if (parsed === undefined) {
    parsed = { ...parseAuthorization(header), key: undefined };
    if (cache.size >= CACHED) cache.clear();
    cache.set(before, parsed);
  }
  return parsed.signature === signature ? parsed : new CachedView(parsed, signature);
}

/** The cached fields with another request's signature. */
class CachedView implements Parsed {
  readonly #cached: Parsed;
  readonly signature: string;

  constructor(cached: Parsed, signature: string) {
    this.#cached = cached;
    this.signature = signature;
  }

  get fields(): SignatureFields {
    return this.#cached.fields;
  }

  get key(): Parsed['key'] {
    return this.#cached.key;
  }

  set key(key: Parsed['key']) {
    this.#cached.key = key;
  }
}

function verifyParsed(request: SignedRequestView, parsed: Parsed, keyRing: KeyRing, nowMs: number): Identity {
  const { fields } = parsed;
  const accessKey = keyRing.find(fields.secretId);
  if (accessKey === undefined || !accessKey.enabled) throw new CosError('InvalidAccessKeyId');
  judgeTime(fields, nowMs);
  const key = signKeyOf(parsed, accessKey);
  let first: { http: string; text: string } | undefined;
  for (const http of candidates(request, fields)) {
    const text = stringToSign(fields.signTime, http);
    if (sameText(signatureOf(key, text), parsed.signature)) return accessKey.identity;
    first ??= { http, text };
  }
  throw new CosError('SignatureDoesNotMatch', {
    elements: [
      ['StringToSign', first!.text],
      ['FormatString', first!.http],
    ],
  });
}

function signKeyOf(parsed: Parsed, { secretKey }: AccessKey): string {
  if (parsed.key === undefined || parsed.key.secretKey !== secretKey) {
    parsed.key = { secretKey, signKey: signKey(secretKey, parsed.fields.keyTime) };
  }
  return parsed.key.signKey;
}

/** @throws CosError AccessDenied `Request has expired`, RequestTimeTooSkewed */
function judgeTime({ signFrom, signTo, keyFrom, keyTo }: SignatureFields, nowMs: number): void {
  const now = Math.floor(nowMs / 1000);
  // Clients repair their clocks by exactly this text (spec/protocol.md §14).
  if (now > signTo || now > keyTo) throw new CosError('AccessDenied', { message: 'Request has expired' });
  if (Math.max(signFrom, keyFrom) - now > MAX_SKEW_S) throw new CosError('RequestTimeTooSkewed');
}

function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  return timingSafeEqual(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1'));
}

/** The strings that a correct client may have signed: as received first, then with what SDKs and proxies change. */
function* candidates(request: SignedRequestView, fields: SignatureFields): Generator<string> {
  const params = paramString(request, fields.paramList, false);
  const hosts = fields.headerList.includes('host') ? hostVariants(request) : [''];
  for (const host of hosts) {
    yield httpString(request.method, request.decodedPath, params, headerString(request, fields.headerList, host));
  }
  // PHP reads `+` in a path as a blank (spec/protocol.md §12.3), and puts tokens into a URL unencoded.
  const blankPath = request.rawPath.includes('+') ? plusAsBlank(request.rawPath) : undefined;
  const rawToken = request.query.getRaw('x-cos-security-token')?.includes('+') === true;
  if (blankPath === undefined && !rawToken) return;
  const otherParams = rawToken ? paramString(request, fields.paramList, true) : params;
  for (const host of hosts) {
    const headers = headerString(request, fields.headerList, host);
    yield httpString(request.method, blankPath ?? request.decodedPath, otherParams, headers);
  }
}

function plusAsBlank(rawPath: string): string | undefined {
  try {
    return decodeURIComponent(rawPath.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function hostVariants({ host, secure }: SignedRequestView): readonly string[] {
  const variants = [host];
  const lower = host.toLowerCase();
  if (lower !== host) variants.push(lower);
  const colon = host.lastIndexOf(':');
  if (colon > host.lastIndexOf(']')) variants.push(lower.slice(0, colon));
  else variants.push(`${lower}:${secure ? 443 : 80}`);
  return variants;
}

function headerString(request: SignedRequestView, list: readonly string[], host: string): string {
  const pairs: [string, string][] = [];
  for (let i = 0; i < list.length; i++) {
    const name = list[i]!;
    const value = name === 'host' ? host : (request.header(decodeName(name)) ?? '');
    pairs.push([name, encodeHeader(value)]);
  }
  return joinPairs(pairs);
}

function decodeName(name: string): string {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/**
 * A listed name that the request has several times takes its values in turn; one that is listed more often than sent,
 * or not sent, stands with an empty value.
 */
function paramString({ query }: SignedRequestView, list: readonly string[], tokenBlank: boolean): string {
  if (list.length === 0) return '';
  const pairs: [string, string][] = [];
  for (const name of new Set(list)) {
    let found = false;
    for (let i = 0; i < query.size; i++) {
      const given = query.names[i]!;
      if (given.toLowerCase() !== name && encode(given).toLowerCase() !== name) continue;
      found = true;
      const value = query.values[i]!;
      pairs.push([name, encode(tokenBlank && name === 'x-cos-security-token' ? value.replaceAll('+', ' ') : value)]);
    }
    if (!found) pairs.push([name, '']);
  }
  return joinPairs(pairs);
}
