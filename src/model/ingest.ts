/**
 * Takes a body into the blob store while its digests are computed, and judges it against what the client announced.
 * Source: spec/objects.md §2.3, §2.8, §2.13.
 */

import { randomBytes } from 'node:crypto';
import { CosError } from '../errors/cos-error.ts';
import { newNonce } from '../features/encryption/cipher.ts';
import { BodyHash, type BodyHashOptions, hashBody } from '../platform/hash/body-hash.ts';
import { type ChecksumAlgorithm, loadChecksum } from '../platform/hash/checksum.ts';
import type { StagedBlob } from '../store/blob-store.ts';
import type { Seal } from './admission.ts';
import type { BodyStream } from './body.ts';
import type { Checksum } from './records/checksum.ts';
import type { Services } from './services.ts';

/** A checksum to compute, and to compare where its value is announced. */
export interface ExpectedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** A function tells it once the body has ended (it follows the body); undefined only computes. Any length. */
  readonly expected: Buffer | undefined | (() => Buffer | undefined);
}

export interface ExpectedDigests {
  /** 16 bytes */
  readonly md5: Buffer | undefined;
  /** 20 bytes */
  readonly sha1: Buffer | undefined;
  readonly checksum?: ExpectedChecksum | undefined;
}

export const NO_DIGESTS: ExpectedDigests = { md5: undefined, sha1: undefined };

export interface Ingested {
  /** undefined for an empty body */
  readonly blob: StagedBlob | undefined;
  /** bytes */
  readonly size: number;
  /** hex */
  readonly md5: string;
  /** The MD5, or something that does not tell it. */
  readonly etag: string;
  /** eight bytes, big-endian */
  readonly crc64: Buffer;
  /** Of the cipher, where the bytes were sealed. */
  readonly nonce: Buffer | undefined;
  /** Where one was asked for. */
  readonly checksum?: Checksum | undefined;
}

/**
 * The caller must attach `blob` by a commit or `discard` it.
 * @param maxBytes above it EntityTooLarge, before the body is read where its length tells
 * @throws CosError BadDigest, InvalidSHA1Digest, EntityTooLarge, IncompleteBody, RequestTimeOut
 */
export async function ingest(
  services: Services,
  body: BodyStream,
  maxBytes: number,
  expected: ExpectedDigests = NO_DIGESTS,
  seal?: Seal,
): Promise<Ingested> {
  const { blobs } = services.store;
  if (expected.checksum !== undefined) {
    const loading = loadChecksum(expected.checksum.algorithm);
    if (loading !== undefined) await loading;
  }
  const options: BodyHashOptions = { sha1: expected.sha1 !== undefined, checksum: expected.checksum?.algorithm };
  if (body.length !== undefined && body.length <= blobs.stageLimit) {
    const whole = await body.readAll(Math.min(maxBytes, blobs.stageLimit));
    const digests = hashBody(whole, options);
    judge(digests, expected);
    if (whole.length === 0) return result(digests, 0, undefined, seal, undefined, expected);
    if (seal === undefined) return result(digests, whole.length, blobs.stage(whole), seal, undefined, expected);
    const nonce = newNonce();
    const sealed = seal.cipher.start(nonce, 0).update(whole);
    return result(digests, whole.length, blobs.stage(sealed), seal, nonce, expected);
  }
  if (body.length !== undefined && body.length > maxBytes) throw new CosError('EntityTooLarge', { close: true });
  const nonce = seal === undefined ? undefined : newNonce();
  const sealing = nonce === undefined ? undefined : seal?.cipher.start(nonce, 0);
  const writer = await blobs.create(body.length);
  try {
    const hash = new BodyHash(options);
    let size = 0;
    for await (const chunk of body.chunks(maxBytes)) {
      hash.update(chunk);
      size += chunk.length;
      await writer.write(sealing === undefined ? chunk : sealing.update(chunk));
    }
    const digests = hash.digest();
    judge(digests, expected);
    if (size === 0) {
      await writer.abort();
      return result(digests, 0, undefined, seal, undefined, expected);
    }
    return result(digests, size, await writer.finish(), seal, nonce, expected);
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

interface Digests {
  readonly md5: Buffer;
  readonly crc64: bigint;
  readonly sha1?: Buffer;
  readonly checksum?: Buffer;
}

function result(
  digests: Digests,
  size: number,
  blob: StagedBlob | undefined,
  seal: Seal | undefined,
  nonce: Buffer | undefined,
  expected: ExpectedDigests,
): Ingested {
  const md5 = digests.md5.toString('hex');
  const etag = seal?.opaqueEtag === true ? randomBytes(16).toString('hex') : md5;
  const checksum =
    digests.checksum === undefined ? undefined : { algorithm: expected.checksum!.algorithm, value: digests.checksum };
  return { blob, size, md5, etag, crc64: crcBytes(digests.crc64), nonce, checksum };
}

export function crcBytes(crc: bigint): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigUInt64BE(crc);
  return out;
}

function judge(digests: Digests, expected: ExpectedDigests): void {
  if (expected.md5 !== undefined && !digests.md5.equals(expected.md5)) throw new CosError('BadDigest');
  if (expected.sha1 !== undefined && !digests.sha1?.equals(expected.sha1)) throw new CosError('InvalidSHA1Digest');
  if (expected.checksum !== undefined) judgeChecksum(digests.checksum, expected.checksum);
}

function judgeChecksum(computed: Buffer | undefined, { algorithm, expected }: ExpectedChecksum): void {
  const announced = typeof expected === 'function' ? expected() : expected;
  if (announced !== undefined && !computed?.equals(announced)) {
    throw new CosError('BadDigest', {
      message: `The ${algorithm} you specified did not match the calculated checksum.`,
    });
  }
}

/** Runs `use` with an ingested body and gives the blob back when it fails. */
export async function withIngested<T>(
  services: Services,
  body: BodyStream,
  maxBytes: number,
  expected: ExpectedDigests,
  use: (ingested: Ingested) => Promise<T>,
  seal?: Seal,
): Promise<T> {
  const ingested = await ingest(services, body, maxBytes, expected, seal);
  try {
    return await use(ingested);
  } catch (error) {
    if (ingested.blob !== undefined) await services.store.blobs.discard(ingested.blob);
    throw error;
  }
}
