/** The checksums of Amazon S3, by name; values are bytes as their Base64 has them. Source: spec/s3.md §5.2. */
import { createHash, type Hash } from 'node:crypto';
import { type Crc, type CrcName, crcOf, GENERATORS } from './checksum-crcs.ts';
import { isXxh, loadXxh, type RunningXxh, startXxh, type XxhName } from './checksum-xxh.ts';

/** Rows hold places in this list: it only grows at its end. */
export const CHECKSUM_ALGORITHMS = [
  ...(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const),
  ...(['MD5', 'SHA512', 'XXHASH64', 'XXHASH3', 'XXHASH128'] as const),
] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** Length of a value, bytes. */
export const CHECKSUM_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
  MD5: 16,
  SHA512: 64,
  XXHASH64: 8,
  XXHASH3: 8,
  XXHASH128: 16,
};

/** A checksum of bytes that come in pieces. */
export interface RunningChecksum {
  update(chunk: Uint8Array): unknown;
  /** To be called once. */
  digest(): Buffer;
}

/** Whether the value of a whole follows from those of its parts. */
export function isCrc(algorithm: ChecksumAlgorithm): algorithm is CrcName {
  return Object.hasOwn(GENERATORS, algorithm);
}

/**
 * To be awaited before an algorithm is computed: some are loaded when they are first needed.
 * @returns undefined where there is nothing to wait for
 */
export function loadChecksum(algorithm: ChecksumAlgorithm): Promise<void> | undefined {
  return isXxh(algorithm) ? loadXxh(algorithm) : undefined;
}

/** @throws Error for an algorithm that is not loaded */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  return isCrc(algorithm) ? new RunningCrc(crcOf(algorithm)) : startHash(algorithm);
}

/** @throws Error for an algorithm that is not loaded */
export function checksumOf(algorithm: ChecksumAlgorithm, bytes: Uint8Array): Buffer {
  if (!isCrc(algorithm)) return startHash(algorithm).update(bytes).digest();
  const crc = crcOf(algorithm);
  return bytesOf(crc, crc.update(bytes, 0n));
}

/**
 * The value of A ‖ B.
 * @param lengthB bytes of B
 * @throws RangeError for a hash: only CRCs combine
 */
export function combineChecksums(algorithm: ChecksumAlgorithm, a: Buffer, b: Buffer, lengthB: number): Buffer {
  if (!isCrc(algorithm)) throw new RangeError(`${algorithm} does not combine`);
  const crc = crcOf(algorithm);
  return bytesOf(crc, crc.combine(registerOf(crc, a), registerOf(crc, b), lengthB));
}

const NODE_NAMES = { SHA1: 'sha1', SHA256: 'sha256', MD5: 'md5', SHA512: 'sha512' } as const;

const startHash = (algorithm: keyof typeof NODE_NAMES | XxhName): Hash | RunningXxh =>
  isXxh(algorithm) ? startXxh(algorithm) : createHash(NODE_NAMES[algorithm]);

class RunningCrc implements RunningChecksum {
  readonly #crc: Crc;
  #register = 0n;

  constructor(crc: Crc) {
    this.#crc = crc;
  }

  update(chunk: Uint8Array): void {
    this.#register = this.#crc.update(chunk, this.#register);
  }

  digest(): Buffer {
    return bytesOf(this.#crc, this.#register);
  }
}

function bytesOf({ bytes }: Crc, register: bigint): Buffer {
  const out = Buffer.allocUnsafe(bytes);
  if (bytes === 8) out.writeBigUInt64BE(register);
  else out.writeUInt32BE(Number(register));
  return out;
}

const registerOf = ({ bytes }: Crc, value: Buffer): bigint =>
  bytes === 8 ? value.readBigUInt64BE(0) : BigInt(value.readUInt32BE(0));
