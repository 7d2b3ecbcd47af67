/** The cipher that reads, or goes on writing, what was written encrypted. Source: spec/objects.md §5.3. */
import type { ContentCipher } from '../features/encryption/cipher.ts';
import type { CustomerKey } from '../features/encryption/record.ts';
import { checkCustomerKey, type KeyUse, openEncryption } from '../features/encryption/seal.ts';
import type { Seal } from './admission.ts';
import type { ObjectAttributes } from './records/attributes.ts';
import type { Services } from './services.ts';

/**
 * @param customerKey the key the request brings
 * @returns undefined when the bytes are not encrypted
 * @throws CosError as `openEncryption`
 */
export function cipherOf(
  services: Services,
  attributes: ObjectAttributes,
  customerKey: CustomerKey | undefined,
  use: KeyUse,
): ContentCipher | undefined {
  const encryption = attributes.extra?.encryption;
  if (encryption === undefined && customerKey === undefined) return undefined;
  return openEncryption(services.keyring, encryption, customerKey, use);
}

/** For one more piece of an object or upload that exists. @throws CosError as `openEncryption` */
export function sealOf(
  services: Services,
  attributes: ObjectAttributes,
  customerKey: CustomerKey | undefined,
): Seal | undefined {
  const cipher = cipherOf(services, attributes, customerKey, 'part');
  if (cipher === undefined) return undefined;
  return { cipher, opaqueEtag: attributes.extra?.encryption?.mode !== 'cos' };
}

/** A HEAD reads no bytes: only a customer's key has to be shown. @throws CosError as `checkCustomerKey` */
export function judgeCustomerKey(attributes: ObjectAttributes, customerKey: CustomerKey | undefined): void {
  checkCustomerKey(attributes.extra?.encryption, customerKey, 'read');
}
