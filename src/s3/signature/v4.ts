/** Signature Version 4 in the header and in presigned URLs. Source: spec/s3.md §4.1, §5.1. */
import { LRUCache } from 'lru-cache';
import type { AccessKey, KeyRing } from '../../access/identity.ts';
import type { Address } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { QueryParams } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';
import type { Mac } from '../../platform/hash/mac.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import { keepSigningKey, sha256, signingKeyOf } from './hash.ts';
import { findS3Key } from './key.ts';
import { type Payload, payloadOf, UNSIGNED_PAYLOAD } from './payload.ts';
import type { S3Signed } from './signed.ts';
import { expired, MAX_SKEW_MS, parseLongTime, requireHeaderTime } from './time.ts';
import { canonicalHeaders, canonicalQuery, encodedPath } from './v4-canonical.ts';
import { parseV4Header, parseV4Query, V4_ALGORITHM, type V4Fields } from './v4-fields.ts';

/** What is signed of a request besides its signature's own fields. */
interface Signable {
  readonly wire: WireRequest;
  readonly address: Address;
  readonly canonicalQuery: string;
  /** `yyyyMMddTHHmmssZ` */
  readonly timestamp: string;
  /** Last line of the canonical request. */
  readonly payloadLine: string;
}

/** Fields that proved right, and the key that showed it. */
interface Proven {
  readonly fields: V4Fields;
  readonly secretKey: string;
  readonly signingKey: Mac;
}

/**
 * By the text before the signature. Texts are bounded and only correct signatures get in, so that nobody without a key
 * can fill or empty it.
 */
const provenTexts = new LRUCache<string, Proven>({ max: 4_096 });
/** Characters; longer texts are parsed each time. */
const MAX_CACHED_TEXT = 1_024;
const LAST_FIELD = 'Signature=';

/**
 * @param text of the header Authorization
 * @throws CosError AuthorizationHeaderMalformed, InvalidAccessKeyId, InvalidToken, ExpiredToken, AccessDenied,
 *   RequestTimeTooSkewed, InvalidRequest, InvalidArgument, SignatureDoesNotMatch
 */
export function verifyV4Header(
  text: string,
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  keyRing: KeyRing,
  nowMs: number,
): S3Signed {
  const at = text.lastIndexOf(LAST_FIELD);
  const before = at > 0 && at <= MAX_CACHED_TEXT ? text.slice(0, at) : undefined;
  // Another field behind the signature is no part of `before`: such a text is parsed.
  const last = before !== undefined && text.indexOf(',', at) < 0;
  const known = last ? provenTexts.get(before) : undefined;
  const { fields, signature } =
    known === undefined
      ? parseV4Header(text.slice(V4_ALGORITHM.length))
      : { fields: known.fields, signature: text.slice(at + LAST_FIELD.length) };
  const accessKey = findS3Key(keyRing, fields.secretId, wire.header('x-amz-security-token'), nowMs);
  const payloadLine = wire.header('x-amz-content-sha256');
  if (payloadLine === undefined) {
    throw new CosError('InvalidRequest', { message: 'Missing required header for this request: x-amz-content-sha256' });
  }
  const timestamp = requireHeaderTime(wire, nowMs);
  if (!timestamp.startsWith(fields.date)) {
    throw new CosError('AuthorizationHeaderMalformed', {
      message: `The authorization header is malformed; Invalid credential date "${fields.date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`,
    });
  }
  const signable = { wire, address, canonicalQuery: canonicalQuery(query), timestamp, payloadLine };
  const { secretKey } = accessKey;
  const held = known?.secretKey === secretKey ? known.signingKey : undefined;
  const signingKey = held ?? signingKeyOf(accessKey, fields.date, fields.region);
  const signed = verify(fields, signature, accessKey, signingKey, signable, payloadLine);
  if (held === undefined) keepSigningKey(accessKey, fields.date, fields.region, signingKey);
  if (held === undefined && last && text.endsWith(`=${signature}`)) {
    provenTexts.set(before, { fields, secretKey, signingKey });
  }
  return signed;
}

/**
 * @throws CosError AuthorizationQueryParametersError, InvalidAccessKeyId, InvalidToken, ExpiredToken, AccessDenied (not
 *   valid yet; expired; headers that are not signed), InvalidArgument, SignatureDoesNotMatch
 */
export function verifyV4Query(
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  keyRing: KeyRing,
  nowMs: number,
): S3Signed {
  const { fields, signature, timestamp, expires, signatureAt } = parseV4Query(query);
  const fromMs = parseLongTime(timestamp);
  if (fromMs === undefined) {
    throw new CosError('AuthorizationQueryParametersError', {
      message: `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`,
    });
  }
  if (!timestamp.startsWith(fields.date)) {
    throw new CosError('AuthorizationQueryParametersError', {
      message: `Invalid credential date "${fields.date}". This date is not the same as X-Amz-Date: "${timestamp.slice(0, 8)}".`,
    });
  }
  const token = query.get('x-amz-security-token') ?? wire.header('x-amz-security-token');
  const accessKey = findS3Key(keyRing, fields.secretId, token, nowMs);
  if (fromMs - nowMs > MAX_SKEW_MS) throw new CosError('AccessDenied', { message: 'Request is not valid yet' });
  const endMs = fromMs + expires * 1_000;
  if (expires <= 0 || nowMs > endMs) throw expired(endMs, nowMs, [['X-Amz-Expires', String(expires)]]);
  const header = wire.header('x-amz-content-sha256');
  const signedHeader = fields.signedSet.has('x-amz-content-sha256') ? header : undefined;
  const payloadLine = query.get('x-amz-content-sha256') ?? signedHeader ?? UNSIGNED_PAYLOAD;
  const signable = { wire, address, canonicalQuery: canonicalQuery(query, signatureAt), timestamp, payloadLine };
  // A holder of the URL may add what its body is; a body that is signed stays so.
  const framing = payloadLine === UNSIGNED_PAYLOAD ? (header ?? payloadLine) : payloadLine;
  const signingKey = signingKeyOf(accessKey, fields.date, fields.region);
  const signed = verify(fields, signature, accessKey, signingKey, signable, framing);
  keepSigningKey(accessKey, fields.date, fields.region, signingKey);
  return signed;
}

/** @param framing value of `x-amz-content-sha256` that says what the body is */
function verify(
  fields: V4Fields,
  signature: string,
  accessKey: AccessKey,
  signingKey: Mac,
  signable: Signable,
  framing: string,
): S3Signed {
  const { wire, address, timestamp } = signable;
  const { scope } = fields;
  requireAllSigned(wire, fields);
  const payload = payloadOf(framing, { signingKey, timestamp, scope, seed: signature });
  const canonical = canonicalRequest(wire.rawPath, fields, signable);
  const text = stringToSign(timestamp, scope, canonical);
  if (!sameText(signingKey.hex(text, 'latin1'), signature)) {
    // Some clients sign their own spelling of the path they send; it is the same path.
    const respelled = encodedPath(address.decodedPath);
    const other =
      respelled === wire.rawPath
        ? undefined
        : stringToSign(timestamp, scope, canonicalRequest(respelled, fields, signable));
    if (other === undefined || !sameText(signingKey.hex(other, 'latin1'), signature)) {
      throw mismatch(fields.secretId, text, signature, canonical);
    }
  }
  return signedBy(accessKey, payload);
}

const signedBy = ({ identity }: AccessKey, payload: Payload): S3Signed => ({ identity, payload });

function canonicalRequest(path: string, fields: V4Fields, { wire, canonicalQuery, payloadLine }: Signable): string {
  return `${wire.method}\n${path}\n${canonicalQuery}\n${canonicalHeaders(wire, fields)}\n${fields.signedText}\n${payloadLine}`;
}

function stringToSign(timestamp: string, scope: string, canonical: string): string {
  return `${V4_ALGORITHM}\n${timestamp}\n${scope}\n${sha256(canonical)}`;
}

/** Covered by the canonical request itself, or added on the way by a content network. */
const NEED_NO_SIGNATURE: ReadonlySet<string> = new Set(['x-amz-content-sha256', 'x-amz-date', 'x-amz-cf-id']);

/**
 * Whoever holds a presigned URL must not add a copy source or an ACL to it, under whatever name.
 * @throws CosError AccessDenied
 */
function requireAllSigned({ rawHeaders }: WireRequest, { signedSet }: V4Fields): void {
  let unsigned: string[] | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length < 6 || (name.charCodeAt(0) | 32) !== 120) continue;
    const folded = name.toLowerCase();
    if (!folded.startsWith('x-amz-') && !folded.startsWith('x-cos-')) continue;
    if (signedSet.has(folded) || NEED_NO_SIGNATURE.has(folded)) continue;
    unsigned ??= [];
    unsigned.push(folded);
  }
  if (unsigned === undefined) return;
  throw new CosError('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    elements: [['HeadersNotSigned', unsigned.join(', ').slice(0, 1_024)]],
  });
}

function mismatch(secretId: string, text: string, signature: string, canonical: string): CosError {
  return new CosError('SignatureDoesNotMatch', {
    elements: [
      ['AWSAccessKeyId', secretId],
      ['StringToSign', text],
      ['SignatureProvided', signature.slice(0, 256)],
      ['CanonicalRequest', canonical],
    ],
  });
}
