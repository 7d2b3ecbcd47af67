/**
 * Data keys under a key of the keyring: AES-256-GCM. What the wrapped key belongs to (label, key, version, context) is
 * authenticated with it: bytes that were moved to another record or changed do not open.
 */
import { createCipheriv, createDecipheriv, randomBytes as systemRandomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What is bound to a wrapped key. JSON: no two lists read the same. */
export type Binding = readonly (string | number | null)[];

/** @returns IV, cipher text, tag @param wrappingKey 32 bytes */
export function wrapKey(
  wrappingKey: Buffer,
  binding: Binding,
  dataKey: Buffer,
  randomBytes: (size: number) => Buffer = systemRandomBytes,
): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, wrappingKey, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(bytesOf(binding));
  return Buffer.concat([iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
}

/** @returns undefined when key, binding or bytes are not those of `wrapKey` */
export function unwrapKey(wrappingKey: Buffer, binding: Binding, wrapped: Buffer): Buffer | undefined {
  if (wrapped.length < IV_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(ALGORITHM, wrappingKey, wrapped.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bytesOf(binding));
  decipher.setAuthTag(wrapped.subarray(wrapped.length - TAG_BYTES));
  const opened = decipher.update(wrapped.subarray(IV_BYTES, wrapped.length - TAG_BYTES));
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch {
    return undefined;
  }
}

function bytesOf(binding: Binding): Buffer {
  return Buffer.from(JSON.stringify(binding), 'utf8');
}
