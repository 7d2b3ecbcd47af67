/** From an access key id, and the token beside it, to a key pair. Source: spec/s3.md §4.1. */
import type { AccessKey, KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';

/**
 * @param token of a temporary key; undefined or '' without one
 * @param nowMs ms since the epoch
 * @throws CosError InvalidAccessKeyId of a key that is unknown, disabled, or a temporary one without its token;
 *   InvalidToken of a token that is no key's, or another's; ExpiredToken
 */
export function findS3Key(keyRing: KeyRing, secretId: string, token: string | undefined, nowMs: number): AccessKey {
  const withToken = token !== undefined && token !== '';
  const key = withToken ? keyRing.find(secretId, token) : keyRing.find(secretId);
  // A permanent key has no token: AWS does not pass over one that comes with it.
  if (withToken && key?.identity.session === undefined) throw new CosError('InvalidToken');
  if (key === undefined || !key.enabled || (key.identity.session !== undefined && !withToken)) {
    throw new CosError('InvalidAccessKeyId', { elements: [['AWSAccessKeyId', secretId.slice(0, 128)]] });
  }
  if (key.identity.session !== undefined && nowMs >= key.identity.session.expiresMs) throw new CosError('ExpiredToken');
  return key;
}
