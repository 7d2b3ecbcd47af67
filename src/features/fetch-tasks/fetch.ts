/** Fetches a URL and makes what comes the newest version of a key. Source: spec/buckets.md §30. */
import { CosError } from '../../errors/cos-error.ts';
import { admit } from '../../model/admission.ts';
import type { BodyStream } from '../../model/body.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import { withIngested } from '../../model/ingest.ts';
import type { Services } from '../../model/services.ts';
import { readKeyState } from '../../model/versions.ts';
import { publishObject, singleBody, UNCONDITIONAL } from '../../model/write-object.ts';
import { isPublicAddress } from '../../platform/outbound/addresses.ts';
import { OutboundError, type OutboundFailure } from '../../platform/outbound/connect.ts';
import { get, type OutboundStream } from '../../platform/outbound/get.ts';
import type { AttributesOf } from '../origin/pull.ts';
import type { FetchTask } from './task.ts';

const MOST_REDIRECTS = 5;

const REASONS: Readonly<Record<OutboundFailure, string>> = {
  timeout: 'no answer in time',
  'unknown-host': 'the host name is unknown',
  'forbidden-address': 'its address is not public',
  unreachable: 'it could not be reached or broke off',
  'answer-too-large': 'the answer is too large',
  redirects: 'it sends on too often or to no web address',
  aborted: 'the server is closing',
};

export type FetchOutcome =
  | { readonly kind: 'stored' }
  /** An object of that key was there, and stays. */
  | { readonly kind: 'kept' }
  /** @property again another try may end otherwise */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly again: boolean };

export interface Fetching {
  readonly services: Services;
  readonly attributesOf: AttributesOf;
  readonly signal: AbortSignal;
  /** @param percent of the bytes that were announced */
  readonly onPercent: (percent: number) => void;
}

/** Throws only what is a fault of ours. */
export async function fetchInto(fetching: Fetching, bucket: BucketEntry, task: FetchTask): Promise<FetchOutcome> {
  const { services, attributesOf, signal } = fetching;
  const { privateAddresses, headTimeoutMs, stallMs } = services.settings.origin;
  let answer: OutboundStream | undefined;
  try {
    if (task.keep && (await readKeyState(services, bucket, task.key)).current !== undefined) return { kind: 'kept' };
    answer = await get({
      url: new URL(task.url),
      headers: [...['Accept', '*/*'], ...['User-Agent', 'cosette']],
      redirects: { most: MOST_REDIRECTS, headers: [...['Accept', '*/*'], ...['User-Agent', 'cosette']], decode: false },
      mayConnect: (address) => privateAddresses || isPublicAddress(address),
      headTimeoutMs,
      stallMs,
      signal,
    });
    if (answer.status !== 200) {
      const again = answer.status >= 500 || answer.status === 429;
      return { kind: 'failed', code: 'MirrorFailed', message: `The server answered ${answer.status}.`, again };
    }
    const { attributes, seal } = admit(services, bucket.record, attributesOf(answer, task.key));
    await withIngested(
      services,
      bodyOf(answer, fetching.onPercent),
      services.limits.singleUploadBytes,
      { md5: task.md5, sha1: undefined },
      async (ingested) => {
        const conditions = task.keep ? { ...UNCONDITIONAL, ifNoneMatch: '*' } : UNCONDITIONAL;
        await publishObject(services, bucket, task.key, { ...singleBody(ingested, attributes), by: 'put' }, conditions);
      },
      seal,
    );
    return { kind: 'stored' };
  } catch (error) {
    return outcomeOf(error, task);
  } finally {
    answer?.cancel();
  }
}

function outcomeOf(error: unknown, { keep }: FetchTask): FetchOutcome {
  if (error instanceof OutboundError) {
    const again = error.reason !== 'forbidden-address' && error.reason !== 'redirects';
    return { kind: 'failed', code: 'MirrorFailed', message: `The URL cannot be had: ${REASONS[error.reason]}.`, again };
  }
  if (!(error instanceof CosError)) throw error;
  const { code, message } = error;
  if (code === 'PreconditionFailed' && keep) return { kind: 'kept' };
  const again = code === 'PathConflict' || code === 'SlowDown' || code === 'UploadConflict';
  return { kind: 'failed', code, message: message === code ? `The object cannot be stored: ${code}.` : message, again };
}

function bodyOf(answer: OutboundStream, onPercent: (percent: number) => void): BodyStream {
  async function* chunks(most: number): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of answer.chunks()) {
      bytes += chunk.length;
      if (bytes > most) throw new CosError('EntityTooLarge');
      if (answer.length !== undefined && answer.length > 0) {
        onPercent(Math.min(99, Math.floor((bytes * 100) / answer.length)));
      }
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
