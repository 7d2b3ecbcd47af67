/** Headers of server-side encryption. Source: spec/objects.md §5. */
import { createHash } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import type { CustomerKey, EncryptionRequest } from '../../features/encryption/record.ts';
import type { HeaderSource } from './header-source.ts';

const SSE = 'x-cos-server-side-encryption';
const KEY_ID = `${SSE}-cos-kms-key-id`;
const CONTEXT = `${SSE}-context`;
const CUSTOMER = `${SSE}-customer-`;
/** Before the names of a copy source's key. */
export const COPY_SOURCE_PREFIX = 'x-cos-copy-source-server-side-encryption-customer-';

const KEY_BYTES = 32;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MAX_CONTEXT_BYTES = 8 * 1024;

/** What a write asks for. @throws CosError InvalidArgument */
export function decodeEncryption(source: HeaderSource): EncryptionRequest | undefined {
  const customer = decodeCustomerKey(source);
  const algorithm = source.header(SSE);
  const keyId = source.header(KEY_ID);
  const context = source.header(CONTEXT);
  if (customer !== undefined) {
    if (algorithm !== undefined || keyId !== undefined || context !== undefined) {
      throw invalid('A customer key excludes the other kinds of encryption.');
    }
    return { mode: 'customer', ...customer };
  }
  if (algorithm === undefined) {
    if (keyId !== undefined || context !== undefined) throw invalid(`${SSE} is missing`);
    return undefined;
  }
  if (algorithm.toUpperCase() === 'AES256') {
    if (keyId !== undefined || context !== undefined) throw invalid(`${KEY_ID} needs ${SSE}: cos/kms`);
    return { mode: 'cos' };
  }
  if (algorithm.toLowerCase() !== 'cos/kms') throw invalid(`${SSE} must be AES256 or cos/kms`);
  return { mode: 'kms', keyId, context: context === undefined ? undefined : checkContext(context) };
}

/**
 * The triple of a customer's key; all three or none.
 * @param prefix of the copy source's key, or that of the object itself
 * @throws CosError InvalidArgument
 */
export function decodeCustomerKey(source: HeaderSource, prefix = CUSTOMER): CustomerKey | undefined {
  const algorithm = source.header(`${prefix}algorithm`);
  const text = source.header(`${prefix}key`);
  const keyMd5 = source.header(`${prefix}key-md5`);
  if (algorithm === undefined && text === undefined && keyMd5 === undefined) return undefined;
  if (algorithm === undefined || text === undefined || keyMd5 === undefined) {
    throw invalid(`${prefix}algorithm, -key and -key-MD5 must be given together`);
  }
  if (algorithm.toUpperCase() !== 'AES256') throw invalid(`${prefix}algorithm must be AES256`);
  const key = BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (key.length !== KEY_BYTES) throw invalid(`${prefix}key must be ${KEY_BYTES} bytes in Base64`);
  if (createHash('md5').update(key).digest('base64') !== keyMd5)
    throw invalid(`${prefix}key-MD5 is not that of the key`);
  return { key, keyMd5 };
}

/** Reads may bring a customer's key alone. @throws CosError SSEHeaderNotAllowed */
export function refuseEncryptionHeaders(source: HeaderSource): void {
  if (source.header(SSE) !== undefined || source.header(KEY_ID) !== undefined || source.header(CONTEXT) !== undefined) {
    throw new CosError('SSEHeaderNotAllowed');
  }
}

function checkContext(text: string): string {
  const bad = (): CosError => invalid(`${CONTEXT} must be a JSON object of strings in Base64`);
  if (text.length > MAX_CONTEXT_BYTES || !BASE64.test(text)) throw bad();
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  } catch {
    throw bad();
  }
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (!isObject || !Object.values(parsed as object).every((value) => typeof value === 'string')) throw bad();
  return text;
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
