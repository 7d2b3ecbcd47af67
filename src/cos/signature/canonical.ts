/** The strings that are signed. Source: spec/protocol.md §11.2. */
import { createHash, createHmac } from 'node:crypto';

/** @param pairs encoded; sorted here by name, then value */
export function joinPairs(pairs: [name: string, value: string][]): string {
  if (pairs.length > 1) {
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0));
  }
  let out = '';
  for (const [name, value] of pairs) out += out === '' ? `${name}=${value}` : `&${name}=${value}`;
  return out;
}

/** @param path decoded */
export function httpString(method: string, path: string, params: string, headers: string): string {
  return `${method.toLowerCase()}\n${path}\n${params}\n${headers}\n`;
}

export function stringToSign(signTime: string, http: string): string {
  return `sha1\n${signTime}\n${createHash('sha1').update(http).digest('hex')}\n`;
}

/** 40 hex digits, used as text. */
export function signKey(secretKey: string, keyTime: string): string {
  return createHmac('sha1', secretKey).update(keyTime).digest('hex');
}

export function signatureOf(key: string, text: string): string {
  return createHmac('sha1', key).update(text).digest('hex');
}
