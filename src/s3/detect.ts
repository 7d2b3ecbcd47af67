/** Which requests are of Amazon S3. Source: spec/s3.md §3. */
import type { WireRequest } from '../http/types.ts';

const SIGNED_QUERY = /(?:^|&)(?:X-Amz-(?:Algorithm|Signature|Credential)|AWSAccessKeyId)=/i;
const UNSIGNED_QUERY = /(?:^|&)x-id=/;
const COS_QUERY = /(?:^|&)(?:q-sign-algorithm|sign)=/;

export function isS3Request(request: WireRequest): boolean {
  const authorization = request.header('authorization');
  if (authorization !== undefined) return authorization.startsWith('AWS');
  const { rawQuery } = request;
  if (rawQuery !== '') {
    if (COS_QUERY.test(rawQuery)) return false;
    if (SIGNED_QUERY.test(rawQuery) || UNSIGNED_QUERY.test(rawQuery)) return true;
  }
  return hasS3Header(request.rawHeaders);
}

/** Of what is no request of S3: nor has anybody signed it as one of COS. */
export function isUnsigned(request: WireRequest): boolean {
  return !COS_QUERY.test(request.rawQuery) && request.header('authorization') === undefined;
}

/** `amz-sdk-…` is what SDKs of AWS send of themselves, unsigned requests too. */
function hasS3Header(rawHeaders: readonly string[]): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    const first = name.charCodeAt(0) | 32;
    if (first === 120) {
      if (name.length > 6 && name.slice(0, 6).toLowerCase() === 'x-amz-') return true;
    } else if (first === 97 && name.length > 8 && name.slice(0, 8).toLowerCase() === 'amz-sdk-') return true;
  }
  return false;
}
