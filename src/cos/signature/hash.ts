/** SHA-1 and HMAC-SHA1 in lower-case hex. Source: spec/protocol.md §11.2. */
import crypto, { createHash, createHmac } from 'node:crypto';

/** The one-shot form is twice as fast; Node has it from 20.12 on. */
const oneShot = crypto.hash as typeof crypto.hash | undefined;

/** @param data text is hashed as UTF-8 */
export const sha1: (data: string | Buffer) => string =
  oneShot === undefined
    ? (data) => createHash('sha1').update(data).digest('hex')
    : (data) => oneShot('sha1', data, 'hex');

export function hmacSha1(key: string, text: string): string {
  return createHmac('sha1', key).update(text).digest('hex');
}

/** `SignKey`: 40 hex digits, a key as text. @param keyTime as it stands in `q-key-time` */
export function signKey(secretKey: string, keyTime: string): string {
  return hmacSha1(secretKey, keyTime);
}
