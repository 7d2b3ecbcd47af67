/** What the default encryption of a bucket may be. Source: spec/buckets.md §23, spec/objects.md §5. */
import { CosError } from '../../errors/cos-error.ts';
import type { DefaultEncryption } from '../../model/records/bucket-features.ts';
import type { Keyring } from '../encryption/keyring.ts';
import { newEncryption } from '../encryption/seal.ts';

/** As the document says it; what it leaves out or empty is undefined. */
export interface GivenEncryption {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly kmsAlgorithm: string | undefined;
  readonly bucketKeyEnabled: string | undefined;
  /** Whether `true` there is refused, or kept as a word that nothing follows from. Default: `refuse`. */
  readonly bucketKeys?: 'refuse' | 'keep';
}

/** Longest key id that is looked for, characters. */
const MAX_KEY_ID = 256;

/**
 * @throws CosError SSEContentNotSupported, InvalidArgument, NotImplemented (SM4, bucket keys), KmsKeyNotExist, KmsKeyDisabled, and those of
 *   `newEncryption`
 */
export function defaultEncryption(keyring: Keyring, given: GivenEncryption): DefaultEncryption {
  const { keyId, kmsAlgorithm } = given;
  const bucketKeyEnabled = bucketKey(given);
  switch (given.algorithm) {
    case 'AES256':
      if (keyId !== undefined || kmsAlgorithm !== undefined) {
        throw invalid('KMSMasterKeyID and KMSAlgorithm go with the algorithm KMS alone.');
      }
      return { mode: 'cos', keyId: undefined, kmsAlgorithm: undefined, bucketKeyEnabled };
    case 'KMS':
      requireAes(kmsAlgorithm);
      if (keyId !== undefined) requireUsable(keyring, keyId);
      return { mode: 'kms', keyId, kmsAlgorithm, bucketKeyEnabled };
    case 'SM4':
      throw sm4();
    default:
      throw new CosError('SSEContentNotSupported', { message: 'SSEAlgorithm must be AES256 or KMS.' });
  }
}

function requireAes(kmsAlgorithm: string | undefined): void {
  if (kmsAlgorithm === 'SM4') throw sm4();
  if (kmsAlgorithm !== undefined && kmsAlgorithm !== 'AES256') throw invalid('KMSAlgorithm must be AES256.');
}

/** By a use of it: a description may be a second old. */
function requireUsable(keyring: Keyring, keyId: string): void {
  if (keyId.length > MAX_KEY_ID) throw new CosError('KmsKeyNotExist');
  newEncryption(keyring, { mode: 'kms', keyId, context: undefined });
}

/** One data key for many objects would be another way to keep them: cheaper for who pays for each use of a key. */
function bucketKey({ bucketKeyEnabled: text, bucketKeys }: GivenEncryption): boolean | undefined {
  switch (text) {
    case undefined:
      return undefined;
    case 'false':
      return false;
    case 'true':
      if (bucketKeys === 'keep') return true;
      throw new CosError('NotImplemented', { message: 'Bucket keys are not implemented.' });
    default:
      throw invalid('BucketKeyEnabled must be true or false.');
  }
}

function sm4(): CosError {
  return new CosError('NotImplemented', { message: 'SM4 is not implemented.' });
}

function invalid(message: string): CosError {
  return new CosError('InvalidArgument', { message });
}
