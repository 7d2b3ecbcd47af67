/**
 * Holds the payload of one request to a rate. Source: spec/objects.md §2.12 (`x-cos-traffic-limit`).
 *
 * A piece of n bytes passes once the time that n bytes take is over; a late timer is made up for by the next piece, so
 * that the rate over the whole request is exact.
 */
import { systemClock } from '../platform/clock.ts';
import { isRandomAccess, isStream } from './reply.ts';
import type { BodySource, RandomAccessBody, ReplyBody, StreamBody } from './types.ts';

/** Real time unless a test says otherwise: a rate has nothing to do with the wall clock of the server. */
export interface PacerTiming {
  /** ms from an arbitrary origin */
  readonly monotonicMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const REAL: PacerTiming = {
  monotonicMs: () => systemClock.monotonicMs(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** What a slow peer did not use can be caught up on for so long; more would become a burst. ms */
const CREDIT_MS = 1_000;
/** Shorter waits are saved up: a timer cannot keep them. ms */
const LEAST_WAIT_MS = 2;
/** A block of a paced answer takes about so long, ms … */
const BLOCK_MS = 100;
/** … and has a size between these, bytes. */
const LEAST_BLOCK = 1024;
const MOST_BLOCK = 256 * 1024;

class Pacer {
  readonly #msPerByte: number;
  readonly #timing: PacerTiming;
  #dueMs: number;

  /** Starts now. */
  constructor(bitsPerSecond: number, timing: PacerTiming) {
    if (!(bitsPerSecond > 0)) throw new RangeError('a rate is more than 0 bit/s');
    this.#msPerByte = 8_000 / bitsPerSecond;
    this.#timing = timing;
    this.#dueMs = timing.monotonicMs();
  }

  /** Resolves when so many more bytes may have passed. */
  async pass(bytes: number): Promise<void> {
    const nowMs = this.#timing.monotonicMs();
    this.#dueMs = Math.max(this.#dueMs, nowMs - CREDIT_MS) + bytes * this.#msPerByte;
    await this.#untilDue(nowMs);
  }

  /** As `pass`, for bytes that were under way since the start: the time they took counts in full. */
  async passedSinceStart(bytes: number): Promise<void> {
    this.#dueMs += bytes * this.#msPerByte;
    await this.#untilDue(this.#timing.monotonicMs());
  }

  async #untilDue(nowMs: number): Promise<void> {
    const waitMs = this.#dueMs - nowMs;
    if (waitMs >= LEAST_WAIT_MS) await this.#timing.sleep(waitMs);
  }
}

/** @returns the same body, taken from the client no faster than at the rate */
export function pacedChunks(body: BodySource, bitsPerSecond: number, timing: PacerTiming = REAL): BodySource {
  return {
    length: body.length,
    unannounced: body.unannounced,
    async readAll(maxBytes, tooLarge) {
      const pacer = new Pacer(bitsPerSecond, timing);
      const whole = await body.readAll(maxBytes, tooLarge);
      await pacer.passedSinceStart(whole.length);
      return whole;
    },
    async *chunks(maxBytes, tooLarge) {
      const pacer = new Pacer(bitsPerSecond, timing);
      for await (const chunk of body.chunks(maxBytes, tooLarge)) {
        await pacer.pass(chunk.length);
        yield chunk;
      }
    },
  };
}

/** @returns the same body, handed out in blocks of about a tenth of a second each, no faster than at the rate */
export function pacedRandomAccess(
  body: RandomAccessBody,
  bitsPerSecond: number,
  timing: PacerTiming = REAL,
): RandomAccessBody {
  let pacer: Pacer | undefined;
  const perBlock = Math.floor((bitsPerSecond / 8_000) * BLOCK_MS);
  return {
    start: body.start,
    length: body.length,
    blockBytes: Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, perBlock)),
    async read(position, target) {
      pacer ??= new Pacer(bitsPerSecond, timing);
      const bytes = await body.read(position, target);
      await pacer.pass(bytes);
      return bytes;
    },
    close: () => body.close(),
  };
}

/** The body of a reply, paced; streams have a pace of their own. */
export function pacedReplyBody(body: ReplyBody, bitsPerSecond: number, timing: PacerTiming = REAL): ReplyBody {
  if (body === undefined || isStream(body)) return body;
  return pacedRandomAccess(
    isRandomAccess(body) ? body : inMemory(typeof body === 'string' ? Buffer.from(body) : body),
    bitsPerSecond,
    timing,
  );
}

/** A stream whose chunks are handed out no faster than at the rate. */
export function pacedStream({ stream }: StreamBody, bitsPerSecond: number, timing: PacerTiming = REAL): StreamBody {
  async function* paced(): AsyncGenerator<Buffer> {
    const pacer = new Pacer(bitsPerSecond, timing);
    for await (const chunk of stream) {
      await pacer.pass(chunk.length);
      yield chunk;
    }
  }
  return { stream: paced() };
}

function inMemory(bytes: Buffer): RandomAccessBody {
  return {
    start: 0,
    length: bytes.length,
    read: async (position, target) => bytes.copy(target, 0, position),
    close: () => undefined,
  };
}
