/** The second signing style: TC3-HMAC-SHA256 in the Authorization header. Source: spec/access.md §9.1 "v3 TC3". */
import { createHash, createHmac } from 'node:crypto';
import { StsError } from '../errors.ts';
import { equalTexts } from './equal.ts';

export const TC3_SCHEME = 'TC3-HMAC-SHA256';

export interface Tc3Signature {
  readonly secretId: string;
  /** `2023-11-14` */
  readonly date: string;
  readonly service: string;
  /** Lower-case header names as signed, in order. */
  readonly signedHeaders: readonly string[];
  /** Hex. */
  readonly signature: string;
}

/** What is signed of a request. */
export interface Tc3Request {
  readonly method: string;
  /** Raw, without `?`; empty for POST. */
  readonly query: string;
  /** Value of a header as sent, trimmed. @param name lower case */
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  /** `X-TC-Timestamp`. */
  readonly timestamp: string;
}

const MAX_AUTHORIZATION = 4_096;
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 +Credential=([A-Za-z0-9_-]{1,1024})\/(\d{4}-\d\d-\d\d)\/([a-z0-9]{1,40})\/tc3_request *, *SignedHeaders=([a-z0-9;_-]{1,1000}) *, *Signature=([0-9a-f]{64})$/;

/** @throws StsError AuthFailure.InvalidAuthorization */
export function readTc3Signature(authorization: string): Tc3Signature {
  const match = authorization.length > MAX_AUTHORIZATION ? null : AUTHORIZATION.exec(authorization.trim());
  if (match === null) {
    throw new StsError('AuthFailure.InvalidAuthorization', 'The Authorization header is malformed.');
  }
  const [, secretId = '', date = '', service = '', headers = '', signature = ''] = match;
  const signedHeaders = headers.split(';');
  for (const name of ['content-type', 'host']) {
    if (signedHeaders.includes(name)) continue;
    throw new StsError('AuthFailure.InvalidAuthorization', `The signature must cover the header ${name}.`);
  }
  return { secretId, date, service, signedHeaders, signature };
}

/** @param folded header values in lower case, as older documentation has it */
export function canonicalRequest(request: Tc3Request, signedHeaders: readonly string[], folded: boolean): string {
  const headers = signedHeaders.map((name) => {
    const value = request.header(name) ?? '';
    return `${name}:${folded ? value.toLowerCase() : value}\n`;
  });
  const names = signedHeaders.join(';');
  return `${request.method}\n/\n${request.query}\n${headers.join('')}\n${names}\n${sha256(request.body)}`;
}

export function signTc3(secretKey: string, canonical: string, timestamp: string, date: string, service: string) {
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
  const text = `${TC3_SCHEME}\n${timestamp}\n${date}/${service}/tc3_request\n${sha256(canonical)}`;
  return hmac(key, text).toString('hex');
}

export function isTc3Signed(claim: Tc3Signature, secretKey: string, request: Tc3Request): boolean {
  const { date, service, signedHeaders, signature } = claim;
  if (utcDate(request.timestamp) !== date) return false;
  return [true, false].some((folded) => {
    const canonical = canonicalRequest(request, signedHeaders, folded);
    return equalTexts(signTc3(secretKey, canonical, request.timestamp, date, service), signature);
  });
}

/** @param timestamp Unix seconds, at most 10^12 */
function utcDate(timestamp: string): string {
  return new Date(Number(timestamp) * 1000).toISOString().slice(0, 10);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
