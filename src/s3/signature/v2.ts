/** Signature Version 2 in the header and in presigned URLs. Source: spec/s3.md §4.2. */
import type { AccessKey, KeyRing } from '../../access/identity.ts';
import type { Address } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import { trimBlanks } from '../../http/headers.ts';
import type { QueryParams } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import { hmacSha1Base64 } from './hash.ts';
import { findS3Key } from './key.ts';
import { loosePayload } from './payload.ts';
import type { S3Signed } from './signed.ts';
import { expired, hasHeader, requireHeaderTime } from './time.ts';
import { canonicalResources, requireKnownParameters } from './v2-resource.ts';

const AUTHORIZATION = /^AWS ([^:\s]{1,128}):([^:\s]{1,128})$/;

/**
 * @param text of the header Authorization
 * @throws CosError InvalidArgument (malformed), InvalidAccessKeyId, InvalidToken, ExpiredToken, AccessDenied,
 *   RequestTimeTooSkewed, SignatureDoesNotMatch
 */
export function verifyV2Header(
  text: string,
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  keyRing: KeyRing,
  nowMs: number,
): S3Signed {
  const match = AUTHORIZATION.exec(text);
  if (match === null) {
    throw new CosError('InvalidArgument', {
      message: 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature',
      elements: [['ArgumentName', 'Authorization']],
    });
  }
  const accessKey = findS3Key(keyRing, match[1]!, wire.header('x-amz-security-token'), nowMs);
  requireHeaderTime(wire, nowMs);
  const date = hasHeader(wire, 'x-amz-date') ? '' : (wire.header('date') ?? '');
  return verify(accessKey, match[2]!, wire, address, query, date);
}

const PARAMETERS = ['awsaccesskeyid', 'signature', 'expires'] as const;
const SECONDS = /^\d{1,12}$/;

/** @throws CosError AccessDenied (a parameter is missing or malformed; expired), InvalidAccessKeyId, InvalidToken, ExpiredToken, SignatureDoesNotMatch */
export function verifyV2Query(
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  keyRing: KeyRing,
  nowMs: number,
): S3Signed {
  const names = query.foldedNames();
  const values = PARAMETERS.map((name) => {
    const at = names.indexOf(name);
    if (at < 0 || query.values[at] === '' || names.indexOf(name, at + 1) >= 0) {
      throw denied('Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters');
    }
    return query.values[at]!;
  });
  const [secretId, signature, expires] = values as [string, string, string];
  if (!SECONDS.test(expires)) throw denied(`Invalid date (should be seconds since epoch): ${expires.slice(0, 64)}`);
  const token = query.get('x-amz-security-token') ?? wire.header('x-amz-security-token');
  const accessKey = findS3Key(keyRing, secretId, token, nowMs);
  const endMs = Number(expires) * 1_000;
  if (nowMs > endMs) throw expired(endMs, nowMs);
  // An unescaped plus of the Base64 reads as a blank.
  return verify(accessKey, signature.replaceAll(' ', '+'), wire, address, query, expires, query);
}

/** @param params of a presigned URL: SDKs move headers into them */
function verify(
  accessKey: AccessKey,
  signature: string,
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  date: string,
  params?: QueryParams,
): S3Signed {
  requireNoForeignHeader(wire);
  if (query.size > 0) requireKnownParameters(query, params !== undefined);
  const header = (name: string): string => wire.header(name) ?? latin1(params?.get(name)) ?? '';
  const head = `${wire.method}\n${header('content-md5')}\n${header('content-type')}\n${date}\n${amzHeaders(wire, params)}`;
  let first: string | undefined;
  for (const resource of canonicalResources(wire, address, query)) {
    const text = head + resource;
    if (sameText(hmacSha1Base64(accessKey.secretKey, text), signature)) {
      return { identity: accessKey.identity, payload: loosePayload(wire) };
    }
    first ??= text;
  }
  throw new CosError('SignatureDoesNotMatch', {
    elements: [
      ['AWSAccessKeyId', accessKey.secretId],
      ['StringToSign', first ?? ''],
      ['SignatureProvided', signature],
    ],
  });
}

/**
 * Version 2 covers no header of COS: whoever sees a request could add any.
 * @throws CosError AccessDenied
 */
function requireNoForeignHeader({ rawHeaders }: WireRequest): void {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length >= 6 && (name.charCodeAt(0) | 32) === 120 && name.slice(0, 6).toLowerCase() === 'x-cos-') {
      throw denied('There were headers present in the request which were not signed');
    }
  }
}

/** Lines of the headers `x-amz-…` by name, the values of repeated ones joined. */
function amzHeaders({ rawHeaders }: WireRequest, params: QueryParams | undefined): string {
  const values = new Map<string, string>();
  const add = (name: string, value: string): void => {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  };
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (name.startsWith('x-amz-')) add(name, trimBlanks(rawHeaders[i + 1]!));
  }
  if (params !== undefined) {
    const inHeaders = new Set(values.keys());
    params.foldedNames().forEach((name, at) => {
      if (name.startsWith('x-amz-') && !inHeaders.has(name)) add(latin1(name)!, latin1(params.values[at])!.trim());
    });
  }
  let lines = '';
  for (const name of [...values.keys()].sort()) lines += `${name}:${values.get(name)}\n`;
  return lines;
}

/** One character a byte, as headers have it. */
function latin1(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('latin1');
}

function denied(message: string): CosError {
  return new CosError('AccessDenied', { message });
}
