/**
 * What SSE-C derives from a customer's key: the data key, and a verifier that tells the right key without leading back
 * to either (HKDF-SHA-256 with a salt of each object). Source: spec/objects.md §5.3.
 */
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { DATA_KEY_BYTES } from './cipher.ts';
import type { CustomerEncryption } from './record.ts';

export const CUSTOMER_KEY_BYTES = 32;
export const SALT_BYTES = 16;
const VERIFIER_BYTES = 32;
const PURPOSE = 'cosette sse-c 1';

/** @param key 32 bytes */
export function deriveFromCustomerKey(key: Buffer, salt: Buffer): { dataKey: Buffer; verifier: Buffer } {
  const derived = Buffer.from(hkdfSync('sha256', key, salt, PURPOSE, DATA_KEY_BYTES + VERIFIER_BYTES));
  return { dataKey: derived.subarray(0, DATA_KEY_BYTES), verifier: derived.subarray(DATA_KEY_BYTES) };
}

/** @returns the data key; undefined when the object was not encrypted with this customer's key */
export function openWithCustomerKey({ salt, verifier }: CustomerEncryption, key: Buffer): Buffer | undefined {
  const derived = deriveFromCustomerKey(key, salt);
  if (verifier.length !== VERIFIER_BYTES || !timingSafeEqual(derived.verifier, verifier)) return undefined;
  return derived.dataKey;
}
