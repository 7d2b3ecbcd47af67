/** From a SecretId to its key pair. Source: spec/protocol.md §10.2, §14; spec/access.md §10. */
import type { AccessKey, KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';

/** What a SecretId can look like; others are told so. */
const FORMAT = /^[A-Za-z0-9_-]{1,128}$/;

/** Where the token of a temporary key stands: a header, a parameter, a field of a form. Beside a permanent key it is ignored. */
export interface TokenSource {
  securityToken(): string | undefined;
}

/**
 * @param nowMs ms since the epoch
 * @throws CosError InvalidAccessKeyId when there is no such key, it is disabled, or it is a temporary one whose token is
 *   missing or another's; ExpiredToken
 */
export function findKey(keyRing: KeyRing, secretId: string, source: TokenSource, nowMs: number): AccessKey {
  const key = keyRing.find(secretId) ?? withToken(keyRing, secretId, source);
  if (key?.enabled) {
    const { session } = key.identity;
    if (session !== undefined && nowMs >= session.expiresMs) throw new CosError('ExpiredToken');
    return key;
  }
  const details = FORMAT.test(secretId) ? {} : { message: 'The access key Id format you provided is invalid.' };
  throw new CosError('InvalidAccessKeyId', details);
}

function withToken(keyRing: KeyRing, secretId: string, source: TokenSource): AccessKey | undefined {
  const token = source.securityToken();
  return token === undefined || token === '' ? undefined : keyRing.find(secretId, token);
}
