/** Requests of S3 without a wire, and signers for them that share nothing with the check. For tests. */
import { createHash, createHmac } from 'node:crypto';
import type { AccessKey, KeyRing } from '../../access/identity.ts';
import type { Address } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import { headerValue } from '../../http/headers.ts';
import { parseQuery } from '../../http/query.ts';
import { decodePath } from '../../http/target.ts';
import type { BodySource, WireRequest } from '../../http/types.ts';
import { authenticateS3, type S3Signed } from './authenticate.ts';

/** Of the examples in the documentation of AWS. */
export const PUBLISHED = {
  secretId: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
} as const;
export const PUBLISHED_MS = 1_369_353_600_000;
export const PUBLISHED_STAMP = '20130524T000000Z';
export const HOST = 'examplebucket.s3.amazonaws.com';
export const BUCKET = 'examplebucket';
export const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export type Headers = readonly (readonly [name: string, value: string])[];

export function accessKey(pair: { secretId: string; secretKey: string }, more: Partial<AccessKey> = {}): AccessKey {
  const { secretId, secretKey } = pair;
  const identity = {
    kind: 'root',
    appid: '1250000000',
    ownerUin: '1',
    uin: '1',
    name: '',
    secretId,
    policies: [],
  } as const;
  return { secretId, secretKey, enabled: true, identity, ...more };
}

/** @param tokens of temporary keys, by key id */
export function ringOf(keys: readonly AccessKey[], tokens: Readonly<Record<string, string>> = {}): KeyRing {
  return {
    find(id, token) {
      const key = keys.find(({ secretId }) => secretId === id);
      return tokens[id] === undefined || tokens[id] === token ? key : undefined;
    },
  };
}

export const RING = ringOf([accessKey(PUBLISHED)]);

/** A body that comes in pieces. */
export function bodyFrom(pieces: readonly Buffer[], length: number | undefined = undefined): BodySource {
  const whole = (): Buffer => Buffer.concat(pieces);
  return {
    length: length ?? pieces.reduce((sum, piece) => sum + piece.length, 0),
    unannounced: false,
    async readAll(maxBytes, tooLarge) {
      const body = whole();
      if (body.length > maxBytes) throw tooLarge ?? new CosError('EntityTooLarge');
      return body;
    },
    async *chunks() {
      for (const piece of pieces) yield Buffer.from(piece);
    },
  };
}

export interface Sent {
  readonly method?: string;
  /** Path and query as on the request line. */
  readonly target: string;
  readonly host?: string;
  readonly headers?: Headers;
  readonly body?: BodySource;
}

export function wireOf({ method = 'GET', target, host = HOST, headers = [], body = bodyFrom([]) }: Sent): WireRequest {
  const rawHeaders = [['Host', host] as const, ...headers].flat();
  const question = target.indexOf('?');
  return {
    method,
    rawTarget: target,
    rawPath: question < 0 ? target : target.slice(0, question),
    rawQuery: question < 0 ? '' : target.slice(question + 1),
    host,
    rawHeaders,
    header: (name) => headerValue(rawHeaders, name),
    body,
    secure: false,
    tlsVersion: undefined,
    remoteAddress: '127.0.0.1',
    requestId: '',
    receivedAtMs: 0,
  };
}

/** Behind a host that names the bucket, or with the bucket as the first segment. */
export function addressFor(
  wire: WireRequest,
  bucket = BUCKET,
  style: 'host' | 'path' = 'host',
  bareName?: string,
): Address {
  const decodedPath = decodePath(wire.rawPath);
  const named = { full: bucket, name: bucket, appid: '1250000000' };
  const key = style === 'host' ? decodedPath.slice(1) : (/^\/[^/]*\/?(.*)$/s.exec(decodedPath)?.[1] ?? '');
  return {
    level: key === '' ? 'bucket' : 'object',
    ...{ bucket: named, region: undefined, key, decodedPath },
    ...(bareName === undefined ? {} : { bareName }),
  };
}

export interface Check {
  readonly ring?: KeyRing;
  readonly nowMs?: number;
  readonly address?: Address;
}

export function check(wire: WireRequest, { ring = RING, nowMs = PUBLISHED_MS, address }: Check = {}): S3Signed {
  return authenticateS3(wire, address ?? addressFor(wire), parseQuery(wire.rawQuery), ring, nowMs);
}

/** The key that signed, or the code of the error with its text where it has one of its own. */
export function verdict(wire: WireRequest, options: Check = {}): string {
  try {
    const { identity } = check(wire, options);
    return identity.kind === 'anonymous' ? 'anonymous' : identity.secretId;
  } catch (error) {
    if (!(error instanceof CosError)) throw error;
    return error.code;
  }
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

export interface Signer {
  readonly secretId: string;
  readonly secretKey: string;
  readonly region?: string;
  /** `yyyyMMddTHHmmssZ` */
  readonly stamp?: string;
}

export function v4Key({ secretKey, region = 'us-east-1', stamp = PUBLISHED_STAMP }: Signer): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secretKey}`, stamp.slice(0, 8)), region), 's3'), 'aws4_request');
}

export const scopeOf = ({ region = 'us-east-1', stamp = PUBLISHED_STAMP }: Signer): string =>
  `${stamp.slice(0, 8)}/${region}/s3/aws4_request`;

const strict = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

function canonicalQuery(target: string): string {
  const raw = target.includes('?') ? target.slice(target.indexOf('?') + 1) : '';
  const pairs = raw.split('&').filter((pair) => pair !== '');
  const encoded = pairs.map((pair) => {
    const [name = '', ...rest] = pair.split('=');
    return [strict(decodeURIComponent(name)), strict(decodeURIComponent(rest.join('=')))] as const;
  });
  encoded.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  return encoded.map((pair) => pair.join('=')).join('&');
}

/** @param headers all that are signed, the host among them, lower case */
export function v4Signature(signer: Signer, method: string, target: string, headers: Headers, payload: string): string {
  const sorted = [...headers].sort(([a], [b]) => (a < b ? -1 : 1));
  const names = sorted.map(([name]) => name).join(';');
  const lines = sorted.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`).join('');
  const path = target.split('?')[0]!;
  const canonical = `${method}\n${path}\n${canonicalQuery(target)}\n${lines}\n${names}\n${payload}`;
  const text = `AWS4-HMAC-SHA256\n${signer.stamp ?? PUBLISHED_STAMP}\n${scopeOf(signer)}\n${sha256(Buffer.from(canonical, 'latin1'))}`;
  return hmac(v4Key(signer), text).toString('hex');
}

/** @returns a request signed in its header, over all of its headers */
export function signV4(sent: Sent, signer: Signer = PUBLISHED, payload = SHA256_OF_NOTHING): Sent {
  const { method = 'GET', target, host = HOST } = sent;
  const headers: Headers = [
    ...(sent.headers ?? []),
    ['x-amz-content-sha256', payload],
    ['x-amz-date', signer.stamp ?? PUBLISHED_STAMP],
  ];
  const signed: Headers = [['host', host], ...headers.map(([name, value]) => [name.toLowerCase(), value] as const)];
  const names = signed.map(([name]) => name).sort();
  const signature = v4Signature(signer, method, target, signed, payload);
  const authorization = `AWS4-HMAC-SHA256 Credential=${signer.secretId}/${scopeOf(signer)}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...sent, headers: [...headers, ['Authorization', authorization]] };
}

/** @returns the target with the parameters of a presigned URL @param seconds that it is good for */
export function presignV4(
  sent: Sent,
  seconds: number | string = 900,
  signer: Signer = PUBLISHED,
  payload = 'UNSIGNED-PAYLOAD',
): Sent {
  const { method = 'GET', target, host = HOST, headers = [] } = sent;
  const signed: Headers = [['host', host], ...headers.map(([name, value]) => [name.toLowerCase(), value] as const)];
  const names = signed.map(([name]) => name).sort();
  const params = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    `X-Amz-Credential=${strict(`${signer.secretId}/${scopeOf(signer)}`)}`,
    `X-Amz-Date=${signer.stamp ?? PUBLISHED_STAMP}`,
    `X-Amz-Expires=${seconds}`,
    `X-Amz-SignedHeaders=${strict(names.join(';'))}`,
  ].join('&');
  const whole = `${target}${target.includes('?') ? '&' : '?'}${params}`;
  return { ...sent, target: `${whole}&X-Amz-Signature=${v4Signature(signer, method, whole, signed, payload)}` };
}

/** Base64 */
export function v2Signature(secretKey: string, text: string): string {
  return createHmac('sha1', secretKey).update(Buffer.from(text, 'latin1')).digest('base64');
}

export interface Framing {
  readonly signer?: Signer;
  /** Signature of the request, hex. */
  readonly seed?: string;
  readonly sizes: readonly number[];
  /** `name:value` of each; undefined: no trailer. */
  readonly trailers?: readonly string[];
  readonly lineEnd?: string;
}

/** A body in aws-chunked framing. */
export function framed(content: Buffer, { signer, seed = '', sizes, trailers, lineEnd = '\r\n' }: Framing): Buffer {
  const parts: Buffer[] = [];
  let previous = seed;
  const sign = (kind: string, tail: string): string => {
    const text = `AWS4-HMAC-SHA256-${kind}\n${signer!.stamp ?? PUBLISHED_STAMP}\n${scopeOf(signer!)}\n${previous}\n${tail}`;
    previous = hmac(v4Key(signer!), text).toString('hex');
    return previous;
  };
  let at = 0;
  for (const size of [...sizes, 0]) {
    const chunk = content.subarray(at, at + size);
    at += size;
    const extension =
      signer === undefined ? '' : `;chunk-signature=${sign('PAYLOAD', `${SHA256_OF_NOTHING}\n${sha256(chunk)}`)}`;
    parts.push(Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`), chunk);
    if (size > 0) parts.push(Buffer.from('\r\n'));
  }
  for (const line of trailers ?? []) parts.push(Buffer.from(line + lineEnd));
  if (trailers !== undefined && signer !== undefined) {
    const lines = trailers.map((line) => `${line}\n`).join('');
    parts.push(Buffer.from(`x-amz-trailer-signature:${sign('TRAILER', sha256(lines))}\r\n`));
  }
  parts.push(Buffer.from('\r\n'));
  return Buffer.concat(parts);
}
