/** From a SecretId to its key pair. Source: spec/protocol.md §10.2, §14. */
import type { AccessKey, KeyRing } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';

/** What a SecretId can look like; others are told so. */
const FORMAT = /^[A-Za-z0-9_-]{1,128}$/;

/** @throws CosError InvalidAccessKeyId when there is no such key or it is disabled */
export function findKey(keyRing: KeyRing, secretId: string): AccessKey {
  const key = keyRing.find(secretId);
  if (key?.enabled) return key;
  const details = FORMAT.test(secretId) ? {} : { message: 'The access key Id format you provided is invalid.' };
  throw new CosError('InvalidAccessKeyId', details);
}
