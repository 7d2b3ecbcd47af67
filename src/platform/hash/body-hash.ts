/** The digests of a body: MD5 (the ETag), CRC-64 and, when the client announced one, SHA-1 and a checksum. */
import crypto from 'node:crypto';
import { type ChecksumAlgorithm, checksumOf, type RunningChecksum, startChecksum } from './checksum.ts';
import { crc64 } from './crc64.ts';

export interface BodyHashOptions {
  readonly sha1?: boolean;
  readonly checksum?: ChecksumAlgorithm | undefined;
}

export interface BodyDigests {
  /** 16 bytes */
  readonly md5: Buffer;
  readonly crc64: bigint;
  /** 20 bytes; present when it was asked for */
  readonly sha1?: Buffer;
  /** Present when an algorithm was named. */
  readonly checksum?: Buffer;
}

/** Hashes a body that comes in pieces. */
export class BodyHash {
  readonly #md5 = crypto.createHash('md5');
  readonly #sha1: crypto.Hash | undefined;
  readonly #checksum: RunningChecksum | undefined;
  /** The checksum is the MD5 that is computed anyway. */
  readonly #md5Twice: boolean;
  #crc64 = 0n;

  constructor({ sha1 = false, checksum }: BodyHashOptions = {}) {
    this.#sha1 = sha1 ? crypto.createHash('sha1') : undefined;
    this.#checksum = checksum === undefined || checksum === 'MD5' ? undefined : startChecksum(checksum);
    this.#md5Twice = checksum === 'MD5';
  }

  update(chunk: Uint8Array): this {
    this.#md5.update(chunk);
    this.#sha1?.update(chunk);
    this.#checksum?.update(chunk);
    this.#crc64 = crc64(chunk, this.#crc64);
    return this;
  }

  /** To be called once. */
  digest(): BodyDigests {
    const digests = { md5: this.#md5.digest(), crc64: this.#crc64 };
    if (this.#sha1 === undefined && this.#checksum === undefined && !this.#md5Twice) return digests;
    return withOthers(digests, this.#sha1?.digest(), this.#md5Twice ? digests.md5 : this.#checksum?.digest());
  }
}

type OneShot = (algorithm: string, bytes: Uint8Array) => Buffer;

/** `crypto.hash` came with Node 20.12 and spares small bodies the making of a stream. */
const hash: OneShot =
  typeof crypto.hash === 'function'
    ? (algorithm, bytes) => crypto.hash(algorithm, bytes, 'buffer')
    : (algorithm, bytes) => crypto.createHash(algorithm).update(bytes).digest();

/** Hashes a body that is there as a whole. */
export function hashBody(body: Uint8Array, { sha1 = false, checksum }: BodyHashOptions = {}): BodyDigests {
  const digests = { md5: hash('md5', body), crc64: crc64(body) };
  if (!sha1 && checksum === undefined) return digests;
  const sum = checksum === undefined ? undefined : checksumOf(checksum, body);
  return withOthers(digests, sha1 ? hash('sha1', body) : undefined, sum);
}

function withOthers(digests: BodyDigests, sha1: Buffer | undefined, checksum: Buffer | undefined): BodyDigests {
  const hashed = sha1 === undefined ? digests : { ...digests, sha1 };
  return checksum === undefined ? hashed : { ...hashed, checksum };
}
