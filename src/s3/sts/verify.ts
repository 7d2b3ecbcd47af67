/** Who signed a call: Signature Version 4 of the service `sts`, in the header or in the query. Source: spec/s3.md §4.1. */
import type { AccessKey, KeyRing, SignedIdentity } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { WireRequest } from '../../http/types.ts';
import type { Mac } from '../../platform/hash/mac.ts';
import { sameText } from '../../platform/hash/same-text.ts';
import { derivedKey, sha256 } from '../signature/hash.ts';
import { findS3Key } from '../signature/key.ts';
import { MAX_SKEW_MS, parseLongTime, requireHeaderTime } from '../signature/time.ts';
import { canonicalHeaders, canonicalQuery } from '../signature/v4-canonical.ts';
import { parseV4Header, parseV4Query, V4_ALGORITHM, type V4Fields } from '../signature/v4-fields.ts';
import type { AwsCall } from './call.ts';
import { AwsStsError } from './errors.ts';

const SERVICE = 'sts';
/** Whatever a presigned call says, it is good for no longer. */
const MAX_PRESIGNED_MS = 900_000;

interface Signed {
  readonly fields: V4Fields;
  readonly signature: string;
  /** `yyyyMMddTHHmmssZ` */
  readonly timestamp: string;
  readonly token: string | undefined;
  /** Of the parameter that the signature does not cover; -1 in a header. */
  readonly signatureAt: number;
}

/**
 * @throws AwsStsError MissingAuthenticationToken, IncompleteSignature, InvalidClientTokenId, ExpiredToken,
 *   SignatureDoesNotMatch
 */
export function verifyAwsCall(wire: WireRequest, call: AwsCall, keyRing: KeyRing, nowMs: number): SignedIdentity {
  const text = wire.header('authorization');
  const signed = renamed(() => (text === undefined ? inQuery(wire, call, nowMs) : inHeader(text, wire, nowMs)));
  const { fields, signature, timestamp, token, signatureAt } = signed;
  if (!timestamp.startsWith(fields.date)) {
    throw mismatch(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${fields.date}' != '${timestamp.slice(0, 8)}'.`,
    );
  }
  const key = renamed(() => findS3Key(keyRing, fields.secretId, token, nowMs));
  const canonical = `${wire.method}\n${wire.rawPath}\n${canonicalQuery(call.query, signatureAt)}\n${canonicalHeaders(wire, fields)}\n${fields.signedText}\n${sha256(call.body)}`;
  const stringToSign = `${V4_ALGORITHM}\n${timestamp}\n${fields.scope}\n${sha256(canonical)}`;
  if (!sameText(signingKey(key, fields).hex(stringToSign, 'latin1'), signature)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  return key.identity;
}

const signingKey = ({ secretKey }: AccessKey, { date, region }: V4Fields): Mac =>
  derivedKey(secretKey, date, region, SERVICE);

function inHeader(text: string, wire: WireRequest, nowMs: number): Signed {
  if (!text.startsWith(`${V4_ALGORITHM} `)) {
    throw new AwsStsError('IncompleteSignature', `The service takes ${V4_ALGORITHM} only.`);
  }
  const { fields, signature } = parseV4Header(text.slice(V4_ALGORITHM.length), SERVICE);
  const timestamp = requireHeaderTime(wire, nowMs);
  return { fields, signature, timestamp, token: wire.header('x-amz-security-token'), signatureAt: -1 };
}

function inQuery(wire: WireRequest, { query }: AwsCall, nowMs: number): Signed {
  if (!query.has('x-amz-signature')) {
    throw new AwsStsError('MissingAuthenticationToken', 'Request is missing Authentication Token');
  }
  const { fields, signature, timestamp, expires, signatureAt } = parseV4Query(query, SERVICE);
  const fromMs = parseLongTime(timestamp);
  if (fromMs === undefined) throw new AwsStsError('IncompleteSignature', `X-Amz-Date must be "yyyyMMdd'T'HHmmss'Z'".`);
  if (fromMs - nowMs > MAX_SKEW_MS) throw mismatch(`Signature not yet current: ${timestamp} is still to come.`);
  if (nowMs > fromMs + Math.min(expires * 1_000, MAX_PRESIGNED_MS)) {
    throw mismatch(`Signature expired: ${timestamp} is too long ago.`);
  }
  const token = query.get('x-amz-security-token') ?? wire.header('x-amz-security-token');
  return { fields, signature, timestamp, token, signatureAt };
}

/** Runs a part of the check of S3, whose errors have other names here. */
function renamed<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CosError) throw asAwsStsError(error);
    throw error;
  }
}

function asAwsStsError({ code, message }: CosError): AwsStsError {
  switch (code) {
    case 'InvalidAccessKeyId':
    case 'InvalidToken':
      return new AwsStsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
    case 'ExpiredToken':
      return new AwsStsError('ExpiredToken', 'The security token included in the request is expired');
    case 'RequestTimeTooSkewed':
      return mismatch('Signature expired or not yet current: the time of the request is more than 15 minutes away.');
    default:
      return new AwsStsError('IncompleteSignature', message);
  }
}

function mismatch(message: string): AwsStsError {
  return new AwsStsError('SignatureDoesNotMatch', message);
}
