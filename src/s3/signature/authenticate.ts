/** Who signed a request of S3, if anybody, and how its body is to be read. Source: spec/s3.md §3, §4. */
import { ANONYMOUS, type KeyRing } from '../../access/identity.ts';
import type { Address } from '../../cos/request.ts';
import { CosError } from '../../errors/cos-error.ts';
import type { QueryParams } from '../../http/query.ts';
import type { WireRequest } from '../../http/types.ts';
import { loosePayload } from './payload.ts';
import type { S3Signed } from './signed.ts';
import { hasHeader } from './time.ts';
import { verifyV2Header, verifyV2Query } from './v2.ts';
import { verifyV4Header, verifyV4Query } from './v4.ts';
import { V4_ALGORITHM } from './v4-fields.ts';

export type { S3Signed } from './signed.ts';

/** One is enough: a signature that lost its others must not pass for none. */
const V4_PARAMETERS = ['x-amz-algorithm', 'x-amz-credential', 'x-amz-signature'] as const;
const V2_PARAMETER = 'awsaccesskeyid';

/**
 * @param wire as it was sent
 * @throws CosError of a signature that does not hold, by its cause: AuthorizationHeaderMalformed,
 *   AuthorizationQueryParametersError, InvalidAccessKeyId, InvalidToken, ExpiredToken, AccessDenied,
 *   RequestTimeTooSkewed, SignatureDoesNotMatch, InvalidRequest, InvalidArgument
 */
export function authenticateS3(
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  keyRing: KeyRing,
  nowMs: number,
): S3Signed {
  const text = wire.header('authorization');
  const inQuery = query.size === 0 ? undefined : signedInQuery(query);
  if (text !== undefined) {
    if (inQuery !== undefined) {
      throw new CosError('InvalidArgument', {
        message:
          'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
        elements: [['ArgumentName', 'Authorization']],
      });
    }
    return byHeader(text, wire, address, query, keyRing, nowMs);
  }
  if (hasHeader(wire, 'authorization')) {
    throw new CosError('AccessDenied', { message: 'The Authorization header is empty.' });
  }
  if (inQuery === 'v4') return verifyV4Query(wire, address, query, keyRing, nowMs);
  if (inQuery === 'v2') return verifyV2Query(wire, address, query, keyRing, nowMs);
  return { identity: ANONYMOUS, payload: loosePayload(wire) };
}

function signedInQuery(query: QueryParams): 'v4' | 'v2' | undefined {
  if (V4_PARAMETERS.some((name) => query.has(name))) return 'v4';
  return query.has(V2_PARAMETER) ? 'v2' : undefined;
}

function byHeader(
  text: string,
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  keyRing: KeyRing,
  nowMs: number,
): S3Signed {
  const blank = text.search(/[ \t]/);
  const scheme = blank < 0 ? text : text.slice(0, blank);
  if (scheme === V4_ALGORITHM) return verifyV4Header(text, wire, address, query, keyRing, nowMs);
  if (scheme === 'AWS') return verifyV2Header(text, wire, address, query, keyRing, nowMs);
  if (scheme.startsWith('AWS4-')) {
    throw new CosError('InvalidRequest', {
      message: `The authorization mechanism you have provided is not supported. Please use ${V4_ALGORITHM}.`,
    });
  }
  throw new CosError('InvalidArgument', {
    message: 'Unsupported Authorization Type',
    elements: [['ArgumentName', 'Authorization']],
  });
}
