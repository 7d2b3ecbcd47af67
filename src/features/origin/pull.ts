/** Asks origins for an object, and stores what they send. Source: spec/buckets.md §18. */
import { CosError } from '../../errors/cos-error.ts';
import { type Admitted, admit, type RequestedAttributes } from '../../model/admission.ts';
import type { BodyStream } from '../../model/body.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import { type Ingested, NO_DIGESTS, withIngested } from '../../model/ingest.ts';
import { currentKey } from '../../model/keys.ts';
import { type ObjectRecord, unpackObject } from '../../model/records/object.ts';
import type { Services } from '../../model/services.ts';
import { publishObject, singleBody, UNCONDITIONAL } from '../../model/write-object.ts';
import { isPublicAddress } from '../../platform/outbound/addresses.ts';
import { OutboundError, type OutboundFailure } from '../../platform/outbound/connect.ts';
import { get, type OutboundStream, type Redirects } from '../../platform/outbound/get.ts';
import type { Tap } from './tap.ts';

/** All that is needed to ask, also after a restart. */
export interface PullPlan {
  /** `http://host:port`, asked one after the other while they fail. */
  readonly bases: readonly string[];
  /** With the query. */
  readonly path: string;
  /** Flat: name, value … */
  readonly headers: readonly string[];
  /** undefined: not followed */
  readonly redirects: Pick<Redirects, 'headers' | 'decode'> | undefined;
  readonly standbyCodes: readonly number[];
}

export type OriginAnswer = Pick<OutboundStream, 'status' | 'rawHeaders' | 'length' | 'chunks' | 'cancel'>;

/** What of an origin's answer is stored with the object. @throws CosError */
export type AttributesOf = (answer: OriginAnswer, key: string) => RequestedAttributes;

const MOST_REDIRECTS = 10;
const REASONS: Readonly<Record<OutboundFailure, string>> = {
  timeout: 'no answer in time',
  'unknown-host': 'the host name is unknown',
  'forbidden-address': 'its address is not public',
  unreachable: 'it could not be reached or broke off',
  'answer-too-large': 'the answer is too large',
  redirects: 'it sends on too often or to no web address',
  aborted: 'the server is closing',
};

export function mirrorFailed(reason: string, cause?: unknown): CosError {
  return new CosError('MirrorFailed', {
    message: `The object cannot be had from the origin: ${reason}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * The first answer that is no reason to ask the next host; the last one's otherwise.
 * @param headers further ones, flat
 * @throws CosError MirrorFailed
 */
export async function askOrigin(
  services: Services,
  plan: PullPlan,
  headers: readonly string[] = [],
): Promise<OriginAnswer> {
  const { origin: settings } = services.settings;
  const { bases, path, redirects, standbyCodes } = plan;
  let failure: CosError | undefined;
  for (const [at, base] of bases.entries()) {
    try {
      const answer = await get({
        url: new URL(base),
        path,
        headers: [...plan.headers, ...headers],
        redirects: redirects && {
          headers: [...redirects.headers, ...headers],
          decode: redirects.decode,
          most: MOST_REDIRECTS,
        },
        mayConnect: (address) => settings.privateAddresses || isPublicAddress(address),
        headTimeoutMs: settings.headTimeoutMs,
        stallMs: settings.stallMs,
        signal: services.origin.signal,
      });
      const failed = answer.status >= 500 || standbyCodes.includes(answer.status);
      if (!failed || at === bases.length - 1) return answer;
      answer.cancel();
    } catch (error) {
      const reason = error instanceof OutboundError ? REASONS[error.reason] : 'it cannot be asked';
      failure = mirrorFailed(`${base}: ${reason}`, error);
      if (services.origin.signal.aborted) break;
    }
  }
  throw failure!;
}

/**
 * What can be known before the body comes: how the object will be stored. An answer that cannot be is let go of.
 * @throws CosError MirrorFailed (its size, its metadata), those of `admit`
 */
export function admitAnswer(
  services: Services,
  bucket: BucketEntry,
  key: string,
  answer: OriginAnswer,
  attributesOf: AttributesOf,
): Admitted {
  try {
    if (answer.length !== undefined && answer.length > mostBytes(services)) throw tooLarge(services);
    return admit(services, bucket.record, readAttributes(answer, key, attributesOf));
  } catch (error) {
    answer.cancel();
    throw error;
  }
}

/**
 * The body of a 200 becomes the object, unless one has come meanwhile.
 * @param tap reads along; undefined for bodies that the store takes in one piece (`isTapped`)
 * @throws CosError MirrorFailed and those of writes; nothing is stored then
 */
export async function storeAnswer(
  services: Services,
  bucket: BucketEntry,
  key: string,
  answer: OriginAnswer,
  { attributes, seal }: Admitted,
  tap?: Tap,
): Promise<void> {
  const store = async (ingested: Ingested): Promise<void> => {
    const object = { ...singleBody(ingested, attributes), by: 'origin' as const };
    await publishObject(services, bucket, key, object, { ...UNCONDITIONAL, ifNoneMatch: '*' });
  };
  try {
    await withIngested(services, bodyOf(answer, tap), mostBytes(services), NO_DIGESTS, store, seal);
    tap?.end();
  } catch (error) {
    // Somebody's upload was faster; what was pulled is the same to the one who reads along.
    if (error instanceof CosError && error.code === 'PreconditionFailed') return tap?.end();
    const failure = asFailure(services, error);
    tap?.fail(failure);
    throw failure;
  } finally {
    answer.cancel();
  }
}

function readAttributes(answer: OriginAnswer, key: string, attributesOf: AttributesOf): RequestedAttributes {
  try {
    return attributesOf(answer, key);
  } catch (error) {
    // The request is not to blame.
    throw error instanceof CosError ? mirrorFailed('it sends metadata that no object may have', error) : error;
  }
}

function mostBytes({ settings, limits }: Services): number {
  return Math.min(settings.origin.maxPullBytes, limits.singleUploadBytes);
}

function tooLarge(services: Services, cause?: unknown): CosError {
  return mirrorFailed(`it has more than ${mostBytes(services)} bytes`, cause);
}

/** Larger ones, and those of unknown length, are read along while they are stored. */
export function isTapped(services: Services, { length }: OriginAnswer): boolean {
  return length === undefined || length > services.store.blobs.stageLimit;
}

function asFailure(services: Services, error: unknown): unknown {
  if (error instanceof OutboundError) return mirrorFailed(REASONS[error.reason], error);
  return error instanceof CosError && error.code === 'EntityTooLarge' ? tooLarge(services, error) : error;
}

function bodyOf(answer: OriginAnswer, tap: Tap | undefined): BodyStream {
  async function* chunks(most: number): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of answer.chunks()) {
      bytes += chunk.length;
      if (bytes > most) throw new CosError('EntityTooLarge');
      await tap?.offer(chunk);
      yield chunk;
    }
    if (answer.length !== undefined && bytes !== answer.length) throw new OutboundError('unreachable');
  }
  return {
    length: answer.length,
    chunks,
    async readAll(most) {
      const all: Buffer[] = [];
      for await (const chunk of chunks(most)) all.push(chunk);
      return Buffer.concat(all);
    },
  };
}

/** The newest version of a key, where that is an object or a symlink. */
export async function presentRecord(
  services: Services,
  bucket: BucketEntry,
  key: string,
): Promise<ObjectRecord | undefined> {
  const [row] = await services.store.meta.get([currentKey(bucket.record.id, key)]);
  return row === undefined ? undefined : unpackObject(row.value);
}
