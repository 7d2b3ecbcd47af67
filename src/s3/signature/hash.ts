/** SHA-256, HMAC and the derived keys of Signature Version 4. Source: spec/s3.md §4.1. */
import crypto, { createHash, createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { AccessKey } from '../../access/identity.ts';
import { Mac } from '../../platform/hash/mac.ts';

/** The one-shot form is twice as fast; Node has it from 20.12 on. */
const oneShot = crypto.hash as typeof crypto.hash | undefined;

// biome-ignore lint/suspicious/noControlCharactersInRegex: line ends are part of what is signed
const ASCII = /^[\x00-\x7f]*$/;

/** @param data text holds one byte a character @returns lower-case hex */
export function sha256(data: string | Buffer): string {
  // Text of ASCII alone is the same bytes in UTF-8.
  const bytes = typeof data === 'string' && !ASCII.test(data) ? Buffer.from(data, 'latin1') : data;
  return oneShot === undefined ? createHash('sha256').update(bytes).digest('hex') : oneShot('sha256', bytes, 'hex');
}

export const SHA256_OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** @param text one byte a character @returns Base64 */
export function hmacSha1Base64(key: string, text: string): string {
  return createHmac('sha1', key).update(text, 'latin1').digest('base64');
}

interface Derived {
  readonly secretKey: string;
  readonly signingKey: Mac;
}

/** Keys by `secretId/date/region`, those of S3 alone. Only those of correct signatures get in, so that nobody without a key can fill it. */
const derived = new LRUCache<string, Derived>({ max: 4_096 });
/** Characters; keys of longer scopes are derived each time. */
const MAX_NAME = 256;

/** @param date `yyyyMMdd` */
export function signingKeyOf({ secretId, secretKey }: AccessKey, date: string, region: string): Mac {
  const known = derived.get(nameOf(secretId, date, region));
  if (known !== undefined && known.secretKey === secretKey) return known.signingKey;
  return derivedKey(secretKey, date, region, 's3');
}

/** A signing key that is made anew: of a service whose requests are few. @param date `yyyyMMdd` */
export function derivedKey(secretKey: string, date: string, region: string, service: string): Mac {
  let key = Buffer.from(`AWS4${secretKey}`);
  for (const part of [date, region, service, 'aws4_request']) {
    key = createHmac('sha256', key).update(part, 'latin1').digest();
  }
  return new Mac('sha256', key);
}

/** Keeps a key that has proved right. */
export function keepSigningKey({ secretId, secretKey }: AccessKey, date: string, region: string, signingKey: Mac) {
  const name = nameOf(secretId, date, region);
  if (name.length <= MAX_NAME && derived.get(name)?.signingKey !== signingKey) {
    derived.set(name, { secretKey, signingKey });
  }
}

const nameOf = (secretId: string, date: string, region: string): string => `${secretId}/${date}/${region}`;
