/**
 * From a writer's wish to a data key, and from a record back to it: the only two ways to a cipher of an object.
 * Source: spec/objects.md §5.3.
 */
import { randomBytes } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import { type ContentCipher, contentCipher, DATA_KEY_BYTES } from './cipher.ts';
import { CUSTOMER_KEY_BYTES, deriveFromCustomerKey, openWithCustomerKey, SALT_BYTES } from './customer.ts';
import type { Keyring } from './keyring.ts';
import type { CustomerKey, Encryption, EncryptionRequest } from './record.ts';

/** Longest encryption context, characters as they are stored: 1 KiB of JSON in base64, with room. */
export const MAX_CONTEXT = 2048;

/** For what a record is opened; they differ in the error for a customer's key that is missing or wrong. */
export type KeyUse = 'read' | 'copy-source' | 'part';

/**
 * A new data key. Once per object or upload: each of its pieces takes a nonce of its own (`newNonce`).
 * @throws CosError of the keyring; InvalidArgument
 */
export function newEncryption(
  keyring: Keyring,
  request: EncryptionRequest,
): { encryption: Encryption; cipher: ContentCipher } {
  switch (request.mode) {
    case 'cos': {
      const dataKey = randomBytes(DATA_KEY_BYTES);
      return { encryption: { mode: 'cos', ...keyring.wrapForCos(dataKey) }, cipher: contentCipher(dataKey) };
    }
    case 'kms': {
      const { keyId, context } = request;
      if (context !== undefined && context.length > MAX_CONTEXT) {
        throw new CosError('InvalidArgument', { message: 'The encryption context is too long.' });
      }
      const dataKey = randomBytes(DATA_KEY_BYTES);
      const wrapped = keyring.wrapForKms(keyId, context, dataKey);
      return { encryption: { mode: 'kms', ...wrapped }, cipher: contentCipher(dataKey) };
    }
    case 'customer': {
      const { key, keyMd5 } = request;
      if (key.length !== CUSTOMER_KEY_BYTES) {
        throw new CosError('InvalidArgument', { message: 'The encryption key must have 256 bits.' });
      }
      const salt = randomBytes(SALT_BYTES);
      const { dataKey, verifier } = deriveFromCustomerKey(key, salt);
      return { encryption: { mode: 'customer', keyMd5, salt, verifier }, cipher: contentCipher(dataKey) };
    }
  }
}

/**
 * The cipher of what was encrypted so; undefined for what is not encrypted.
 * @param customerKey what the request brings for it
 * @throws CosError of the keyring and of `checkCustomerKey`
 */
export function openEncryption(
  keyring: Keyring,
  encryption: Encryption,
  customerKey: CustomerKey | undefined,
  use: KeyUse,
): ContentCipher;
export function openEncryption(
  keyring: Keyring,
  encryption: Encryption | undefined,
  customerKey: CustomerKey | undefined,
  use: KeyUse,
): ContentCipher | undefined;
export function openEncryption(
  keyring: Keyring,
  encryption: Encryption | undefined,
  customerKey: CustomerKey | undefined,
  use: KeyUse,
): ContentCipher | undefined {
  const ofCustomer = checkCustomerKey(encryption, customerKey, use);
  if (ofCustomer !== undefined) return contentCipher(ofCustomer);
  switch (encryption?.mode) {
    case 'cos':
      return contentCipher(keyring.unwrapForCos(encryption));
    case 'kms':
      return contentCipher(keyring.unwrapForKms(encryption));
    default:
      return undefined;
  }
}

/**
 * Whether the request brings the customer's key that is needed, and none that is not; all that HEAD asks.
 * @returns the data key of SSE-C
 * @throws CosError for SSE-C: SsecDecryptHeaderInvalid; on reads InvalidRequest (no key), AccessDenied (another one).
 *   For all else: InvalidRequest when a key is given
 */
export function checkCustomerKey(
  encryption: Encryption | undefined,
  customerKey: CustomerKey | undefined,
  use: KeyUse,
): Buffer | undefined {
  if (encryption?.mode !== 'customer') {
    if (customerKey === undefined) return undefined;
    throw new CosError('InvalidRequest', { message: NOT_BY_CUSTOMER[use] });
  }
  if (customerKey === undefined)
    throw refusal(use, 'InvalidRequest', 'The object is encrypted with SSE-C; its key must be given.');
  const dataKey = openWithCustomerKey(encryption, customerKey.key);
  if (dataKey === undefined) throw refusal(use, 'AccessDenied', 'The object is encrypted with another SSE-C key.');
  return dataKey;
}

const NOT_BY_CUSTOMER: Readonly<Record<KeyUse, string>> = {
  read: 'The object is not encrypted with SSE-C; it takes no key.',
  'copy-source': 'The copy source is not encrypted with SSE-C; it takes no key.',
  part: 'The upload was not initiated with SSE-C; its parts take no key.',
};

function refusal(use: KeyUse, onRead: 'InvalidRequest' | 'AccessDenied', message: string): CosError {
  switch (use) {
    case 'read':
      return new CosError(onRead, { message });
    case 'copy-source':
      return new CosError('SsecDecryptHeaderInvalid');
    case 'part':
      return new CosError('SsecDecryptHeaderInvalid', {
        message: 'The upload was initiated with SSE-C; provide the same key.',
      });
  }
}
