/**
 * The token of the old JSON API as the parameter `sign`: base64( HMAC-SHA1(SecretKey, T) T ), where T names key, expiry
 * and one object. It covers nothing else of the request, so it reads that object and does no more.
 * Source: spec/protocol.md §12.4.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Identity, KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { findKey } from './find-key.ts';
import type { SignedRequestView } from './request-view.ts';

export interface V4Token {
  readonly mac: Buffer;
  /** What `mac` is over. */
  readonly text: Buffer;
  readonly secretId: string;
  /** Full name. */
  readonly bucket: string;
  readonly key: string;
  /** Unix seconds. */
  readonly expires: number;
}

const MAC_BYTES = 20;
/** Characters: a key of 850 bytes, encoded twice, fits. */
const MAX_TOKEN = 8_192;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** @throws CosError AccessDenied when it is malformed */
export function parseV4Token(token: string): V4Token {
  if (token.length > MAX_TOKEN || !BASE64.test(token)) throw denied('The signature is malformed.');
  const bytes = Buffer.from(token, 'base64');
  const text = bytes.subarray(MAC_BYTES);
  const fields = new Map<string, string>();
  for (const pair of text.toString('utf8').split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && !fields.has(pair.slice(0, equals))) fields.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const [appid, bucket, secretId, expires, file] = ['a', 'b', 'k', 'e', 'f'].map((name) => fields.get(name) ?? '');
  const root = `/${appid}/${bucket}/`;
  if (!/^\d+$/.test(appid!) || bucket === '' || !/^\d{1,15}$/.test(expires!) || !file!.startsWith(root)) {
    throw denied('The signature is malformed.');
  }
  return {
    mac: bytes.subarray(0, MAC_BYTES),
    text,
    secretId: secretId!,
    bucket: `${bucket}-${appid}`,
    key: decoded(file!.slice(root.length)),
    expires: Number(expires),
  };
}

/** @throws CosError AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch */
export function verifyV4Token(token: string, request: SignedRequestView, keyRing: KeyRing, nowMs: number): Identity {
  const parsed = parseV4Token(token);
  const key = findKey(keyRing, parsed.secretId, request, nowMs);
  if (Math.floor(nowMs / 1000) > parsed.expires) throw denied('Request has expired');
  const mac = createHmac('sha1', key.secretKey).update(parsed.text).digest();
  if (!timingSafeEqual(mac, parsed.mac)) throw new CosError('SignatureDoesNotMatch');
  if (parsed.bucket !== request.bucket || parsed.key !== request.key) {
    throw denied('The signature is for another object.');
  }
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || request.key === '' || !request.query.names.every(mayStandBeside)) {
    throw denied('The signature reads an object and does no more.');
  }
  return key.identity;
}

/** Parameters of a plain read. Sub-resources are not among them: the token does not cover the query. */
function mayStandBeside(name: string): boolean {
  return name === 'sign' || name.startsWith('response-') || name.startsWith('x-cos-');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw denied('The signature is malformed.');
  }
}

function denied(message: string): CosError {
  return new CosError('AccessDenied', { message });
}
