/**
 * The old JSON API's signature as a query parameter: `sign=` base64( HMAC-SHA1(SecretKey, T) T ). It reads one object,
 * or (with an empty path) any object of the bucket, until `e`. Source: spec/protocol.md §12.4.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Identity, KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { SignedRequestView } from './verify.ts';

const MAC_BYTES = 20;
const MAX_TOKEN = 4_096;

/** @throws CosError AccessDenied, InvalidAccessKeyId, SignatureDoesNotMatch */
export function verifyV4Token(token: string, request: SignedRequestView, keyRing: KeyRing, nowMs: number): Identity {
  const bytes = Buffer.from(token.replaceAll(' ', '+'), 'base64');
  if (token.length > MAX_TOKEN || bytes.length <= MAC_BYTES) throw denied('The signature is malformed.');
  const text = bytes.subarray(MAC_BYTES);
  const fields = new Map<string, string>();
  for (const pair of text.toString('utf8').split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0) fields.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const key = keyRing.find(fields.get('k') ?? '');
  if (key === undefined || !key.enabled) throw new CosError('InvalidAccessKeyId');
  const mac = createHmac('sha1', key.secretKey).update(text).digest();
  if (!timingSafeEqual(mac, bytes.subarray(0, MAC_BYTES))) throw new CosError('SignatureDoesNotMatch');
  const expires = Number(fields.get('e'));
  if (!(Math.floor(nowMs / 1000) <= expires)) throw denied('Request has expired');
  if (request.method !== 'GET' && request.method !== 'HEAD') throw denied('This signature only reads.');
  const appid = fields.get('a') ?? '';
  const bucket = fields.get('b') ?? '';
  if (appid !== key.identity.appid || !isBucket(request, `${bucket}-${appid}`)) {
    throw denied('The signature is for another bucket.');
  }
  const file = fields.get('f') ?? '';
  if (file !== '' && decoded(file) !== `/${appid}/${bucket}${keyPath(request, `${bucket}-${appid}`)}`) {
    throw denied('The signature is for another object.');
  }
  return key.identity;
}

function isBucket({ host, decodedPath }: SignedRequestView, name: string): boolean {
  return host.toLowerCase().startsWith(`${name}.`) || decodedPath.startsWith(`/${name}/`);
}

function keyPath({ host, decodedPath }: SignedRequestView, name: string): string {
  return host.toLowerCase().startsWith(`${name}.`) ? decodedPath : decodedPath.slice(name.length + 1);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function denied(message: string): CosError {
  return new CosError('AccessDenied', { message });
}
