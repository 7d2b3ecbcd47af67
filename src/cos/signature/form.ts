/** The signature of a form upload. Source: spec/protocol.md §15. */
import { hmacSha1, sha1, signKey } from './hash.ts';

/** StringToSign of a form: SHA-1 of the policy as it came out of base64, blanks and all. */
export function formStringToSign(policy: Buffer): string {
  return sha1(policy);
}

/**
 * What the field `q-signature` of a form must be.
 * @param keyTime the field `q-key-time` as sent
 * @param policy bytes of the field `policy`, out of base64
 */
export function formSignature(secretKey: string, keyTime: string, policy: Buffer): string {
  return hmacSha1(signKey(secretKey, keyTime), formStringToSign(policy));
}
