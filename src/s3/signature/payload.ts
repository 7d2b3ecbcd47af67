/** How the body of a request is framed, and what of it is signed. Source: spec/s3.md §5.1. */
import { CosError } from '../../errors/cos-error.ts';
import type { WireRequest } from '../../http/types.ts';
import type { Mac } from '../../platform/hash/mac.ts';

/** What each chunk's signature is made with. */
export interface ChunkChain {
  readonly signingKey: Mac;
  /** `yyyyMMddTHHmmssZ` */
  readonly timestamp: string;
  /** `date/region/s3/aws4_request` */
  readonly scope: string;
  /** Signature of the request: that before the first chunk's, hex. */
  readonly seed: string;
}

export type Payload =
  | { readonly kind: 'unsigned' }
  /** @see hex lower case */
  | { readonly kind: 'sha256'; readonly hex: string }
  /** In aws-chunked framing. @see chain undefined: the chunks are not signed */
  | { readonly kind: 'chunked'; readonly trailer: boolean; readonly chain: ChunkChain | undefined };

export const UNSIGNED: Payload = { kind: 'unsigned' };
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const PAYLOAD_HEADER = 'x-amz-content-sha256';
const SHA256 = /^[0-9a-fA-F]{64}$/;

/**
 * @param value of `x-amz-content-sha256`; undefined where it is absent
 * @param chain of a request with Signature Version 4; undefined of others
 * @throws CosError InvalidArgument for a value that means nothing; InvalidRequest for signed chunks without a chain
 */
export function payloadOf(value: string | undefined, chain: ChunkChain | undefined): Payload {
  switch (value) {
    case undefined:
    case UNSIGNED_PAYLOAD:
      return UNSIGNED;
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { kind: 'chunked', trailer: true, chain: undefined };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { kind: 'chunked', trailer: false, chain: required(chain) };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { kind: 'chunked', trailer: true, chain: required(chain) };
  }
  if (SHA256.test(value)) return { kind: 'sha256', hex: value.toLowerCase() };
  throw new CosError('InvalidArgument', {
    message:
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, or a valid sha256 value.',
    elements: [
      ['ArgumentName', PAYLOAD_HEADER],
      ['ArgumentValue', value.slice(0, 128)],
    ],
    close: true,
  });
}

/** Of a request that is not signed, or whose signature does not cover its body. */
export function loosePayload(wire: WireRequest): Payload {
  return payloadOf(wire.header(PAYLOAD_HEADER), undefined);
}

function required(chain: ChunkChain | undefined): ChunkChain {
  if (chain !== undefined) return chain;
  throw new CosError('InvalidRequest', { message: 'Signed chunks require Signature Version 4.', close: true });
}
