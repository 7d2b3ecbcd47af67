/** Who signed a request, if anybody. Source: spec/protocol.md §11–§14. */
import type { Identity, KeyRing } from '../access/identity.ts';
import type { QueryParams } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import type { Address, CosRequest } from './request.ts';
import type { SignedRequestView } from './signature/request-view.ts';
import { verifyRequest } from './signature/verify.ts';

/** @throws CosError AccessDenied, InvalidAccessKeyId, RequestTimeTooSkewed, SignatureDoesNotMatch, VerifyAlgorithmNotSupported, NotImplemented */
export function authenticate(
  wire: WireRequest,
  address: Address,
  query: QueryParams,
  keyRing: KeyRing,
  nowMs: number,
): Identity {
  return verifyRequest(viewOf(wire, address, query), keyRing, nowMs);
}

function viewOf(wire: WireRequest, address: Address, query: QueryParams): SignedRequestView {
  return {
    method: wire.method,
    decodedPath: address.decodedPath,
    rawPath: wire.rawPath,
    query,
    host: wire.host,
    secure: wire.secure,
    bucket: address.bucket?.full,
    key: address.key,
    header: (name) => wire.header(name),
    securityToken: () => wire.header('x-cos-security-token') ?? query.get('x-cos-security-token'),
  };
}

/** What a signature can cover of a request that has been decoded. */
export function signedViewOf(request: CosRequest): SignedRequestView {
  return viewOf(request.wire, request, request.query);
}
