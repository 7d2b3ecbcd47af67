/** The digests of a body: MD5 (the ETag), CRC-64 and, when the client announced one, SHA-1. */
import crypto from 'node:crypto';
import { crc64 } from './crc64.ts';

export interface BodyHashOptions {
  readonly sha1?: boolean;
}

export interface BodyDigests {
  /** 16 bytes */
  readonly md5: Buffer;
  readonly crc64: bigint;
  /** 20 bytes; present when it was asked for */
  readonly sha1?: Buffer;
}

/** Hashes a body that comes in pieces. */
export class BodyHash {
  readonly #md5 = crypto.createHash('md5');
  readonly #sha1: crypto.Hash | undefined;
  #crc64 = 0n;

  constructor({ sha1 = false }: BodyHashOptions = {}) {
    this.#sha1 = sha1 ? crypto.createHash('sha1') : undefined;
  }

  update(chunk: Uint8Array): this {
    this.#md5.update(chunk);
    this.#sha1?.update(chunk);
    this.#crc64 = crc64(chunk, this.#crc64);
    return this;
  }

  /** To be called once. */
  digest(): BodyDigests {
    const digests = { md5: this.#md5.digest(), crc64: this.#crc64 };
    return this.#sha1 === undefined ? digests : { ...digests, sha1: this.#sha1.digest() };
  }
}

type OneShot = (algorithm: string, bytes: Uint8Array) => Buffer;

/** `crypto.hash` came with Node 20.12 and spares small bodies the making of a stream. */
const hash: OneShot =
  typeof crypto.hash === 'function'
    ? (algorithm, bytes) => crypto.hash(algorithm, bytes, 'buffer')
    : (algorithm, bytes) => crypto.createHash(algorithm).update(bytes).digest();

/** Hashes a body that is there as a whole. */
export function hashBody(body: Uint8Array, { sha1 = false }: BodyHashOptions = {}): BodyDigests {
  const digests = { md5: hash('md5', body), crc64: crc64(body) };
  return sha1 ? { ...digests, sha1: hash('sha1', body) } : digests;
}
