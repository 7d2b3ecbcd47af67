/**
 * Who calls the admin API: a root account, by the COS signature of one of its permanent keys in the Authorization
 * header. Everything that says what is done must be signed: all parameters of the query, and the body by its hash.
 */
import { createHash } from 'node:crypto';
import type { KeyRing, SignedIdentity } from '../../access/identity.ts';
import { asCosError } from '../../cos/errors.ts';
import { parseAuthorization } from '../../cos/signature/fields.ts';
import { verifyRequest } from '../../cos/signature/verify.ts';
import { resolveError } from '../../errors/resolve.ts';
import type { QueryParams } from '../../http/query.ts';
import { decodePath } from '../../http/target.ts';
import type { WireRequest } from '../../http/types.ts';
import { AdminError } from './reply.ts';

/** Hex SHA-256 of the body; sent and signed with every body. */
export const BODY_HASH_HEADER = 'x-cosette-content-sha256';

/** @throws AdminError 403 */
export function callerOf(request: WireRequest, query: QueryParams, keyRing: KeyRing, nowMs: number): SignedIdentity {
  const authorization = request.header('authorization');
  if (authorization === undefined) throw forbidden('The request is not signed: an Authorization header is needed.');
  const identity = verified(request, query, keyRing, nowMs);
  const { fields } = parseAuthorization(authorization);
  const unsigned = query.names.find((name) => !fields.params.has(name.toLowerCase()));
  if (unsigned !== undefined) throw forbidden('Every parameter of the query must be signed.');
  if (request.body.length !== 0 && !fields.headers.some(({ name }) => name === BODY_HASH_HEADER)) {
    throw forbidden(`The header ${BODY_HASH_HEADER} must be sent and signed with a body.`);
  }
  return identity;
}

/** Whoever signed, a root account by a permanent key. @throws AdminError 403 */
export function verified(request: WireRequest, query: QueryParams, keyRing: KeyRing, nowMs: number): SignedIdentity {
  const { method, rawPath, host, secure } = request;
  const view = {
    ...{ method, rawPath, query, host, secure },
    decodedPath: decodePath(rawPath),
    bucket: undefined,
    // Temporary keys are refused: their ids are unknown without a token.
    securityToken: () => undefined,
    key: '',
    header: (name: string) => request.header(name),
  };
  let identity: ReturnType<typeof verifyRequest>;
  try {
    identity = verifyRequest(view, keyRing, nowMs);
  } catch (error) {
    const { code, message, status } = resolveError(asCosError(error), 'seed');
    throw new AdminError(status >= 500 ? status : 403, code, message);
  }
  if (identity.kind === 'anonymous') throw forbidden('The request is not signed.');
  if (identity.kind !== 'root' || identity.session !== undefined) {
    throw forbidden('Only a permanent key of a root account may do this.');
  }
  return identity;
}

/** @throws AdminError 403 when the body is not the one that was signed, or was taken away */
export function checkBody(request: WireRequest, body: Buffer): void {
  const announced = request.header(BODY_HASH_HEADER);
  if (announced === undefined && body.length === 0) return;
  if (announced?.toLowerCase() === createHash('sha256').update(body).digest('hex')) return;
  throw forbidden(`The header ${BODY_HASH_HEADER} is not the SHA-256 of the body.`);
}

export function forbidden(message: string): AdminError {
  return new AdminError(403, 'AccessDenied', message);
}
