/**
 * The port to the service that keeps the keys of SSE-COS and SSE-KMS. Source: spec/objects.md §5.
 *
 * Synchronous, since what stands behind it is in memory nearly always: one look at a file per second, one short write
 * when a key is made on first use.
 */
import type { CosEncryption, KmsEncryption } from './record.ts';

export type WrappedByCos = Omit<CosEncryption, 'mode'>;
export type WrappedByKms = Omit<KmsEncryption, 'mode'>;

export interface KmsKeyDescription {
  readonly keyId: string;
  readonly description: string;
  readonly state: KmsKeyState;
  /** ms since the epoch */
  readonly createdMs: number;
  /** How many there are; the last one wraps. */
  readonly versions: number;
  /** Used when a writer asks for SSE-KMS and names no key. */
  readonly isDefault: boolean;
}

export type KmsKeyState = 'Enabled' | 'Disabled';

/**
 * Methods throw CosError KmsInternalException when the keys cannot be read or, on first use, written. Data keys they
 * return may be shared: they are not to be written to.
 */
export interface Keyring {
  /** Makes the first master key when there is none. @param dataKey 32 bytes */
  wrapForCos(dataKey: Buffer): WrappedByCos;
  /** @throws CosError KmsInternalException when the master key is gone or the bytes are not what it wrapped */
  unwrapForCos(wrapped: WrappedByCos): Buffer;
  /**
   * @param keyId undefined for the default key, which is made when there is none
   * @throws CosError KmsKeyNotExist, KmsKeyDisabled, KmsFreqControl
   */
  wrapForKms(keyId: string | undefined, context: string | undefined, dataKey: Buffer): WrappedByKms;
  /** @throws CosError KmsKeyNotExist, KmsKeyDisabled, KmsFreqControl; KmsException for what the key did not wrap */
  unwrapForKms(wrapped: WrappedByKms): Buffer;
  /** @throws CosError KmsKeyNotExist, KmsFreqControl */
  describe(keyId: string): KmsKeyDescription;
}
