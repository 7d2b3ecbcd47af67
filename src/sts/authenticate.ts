/** Whose call it is. Source: spec/access.md §9.1, §9.4. */
import type { KeyRing, SignedIdentity } from '../access/identity.ts';
import type { Claim } from './call.ts';
import { StsError } from './errors.ts';

/** seconds that the client's clock may be away from ours */
const MAX_SKEW_S = 300;
const SECRET_ID = /^[A-Za-z0-9_-]{4,128}$/;

/** @throws StsError of AuthFailure */
export function authenticate(claim: Claim, keyRing: KeyRing, nowMs: number): SignedIdentity {
  if (Math.abs(nowMs / 1000 - claim.timestamp) > MAX_SKEW_S) {
    throw new StsError('AuthFailure.SignatureExpire', 'The time of the request is more than 5 minutes away from ours.');
  }
  if (!SECRET_ID.test(claim.secretId)) {
    throw new StsError('AuthFailure.InvalidSecretId', 'This is no SecretId.');
  }
  const key = keyRing.find(claim.secretId, claim.token);
  if (key === undefined || !key.enabled) {
    throw claim.token === undefined
      ? new StsError('AuthFailure.SecretIdNotFound', 'The SecretId does not exist or is disabled.')
      : new StsError('AuthFailure.TokenFailure', 'The token is not valid.');
  }
  if (!claim.isSigned(key.secretKey)) {
    throw new StsError('AuthFailure.SignatureFailure', 'The signature does not match.');
  }
  const { session } = key.identity;
  if (session !== undefined && session.expiresMs <= nowMs) {
    throw new StsError('AuthFailure.TokenFailure', 'The token has expired.');
  }
  return key.identity;
}
