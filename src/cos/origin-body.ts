/** Bodies that come from an origin, in the forms the wire sends. */
import type { OriginAnswer } from '../features/origin/pull.ts';
import type { Tap } from '../features/origin/tap.ts';
import type { RandomAccessBody, StreamBody } from '../http/types.ts';
import type { ByteRange } from '../model/range.ts';

/** Read from its start to its end, by one. */
export interface Source {
  /** undefined after the last. */
  next(): Promise<Buffer | undefined>;
  /** Nobody reads any more; also after the end, and more than once. */
  leave(): void;
}

/** Small, so that what comes slowly is sent as it comes. */
const BLOCK_BYTES = 16 * 1024;

export function tapSource(tap: Tap): Source {
  return { next: () => tap.next(), leave: () => tap.leave() };
}

/** @param release called once, at the end or when nobody reads any more */
export function answerSource(answer: OriginAnswer, release: () => void): Source {
  const chunks = answer.chunks()[Symbol.asyncIterator]();
  const leave = (): void => {
    answer.cancel();
    release();
  };
  return {
    leave,
    async next() {
      try {
        const { done, value } = await chunks.next();
        if (done !== true) return value;
      } catch (error) {
        leave();
        throw error;
      }
      leave();
      return undefined;
    },
  };
}

/** A range of a longer body. */
export function cutSource(source: Source, { start, length }: ByteRange): Source {
  let skip = start;
  let left = length;
  return {
    leave: source.leave,
    async next() {
      while (left > 0) {
        const chunk = await source.next();
        if (chunk === undefined) return undefined;
        const kept = chunk.subarray(skip, skip + left);
        skip = Math.max(0, skip - chunk.length);
        left -= kept.length;
        if (left === 0) source.leave();
        if (kept.length > 0) return kept;
      }
      return undefined;
    },
  };
}

/** @param length undefined where only the end tells: sent in chunks then */
export function bodyOfSource(source: Source, length: number | undefined): RandomAccessBody | StreamBody {
  return length === undefined ? chunked(source) : fixed(source, length);
}

function chunked(source: Source): StreamBody {
  const iterator: AsyncIterableIterator<Buffer> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      const value = await source.next();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
    // Called also where nothing was read: no generator would hear of that.
    async return() {
      source.leave();
      return { done: true, value: undefined };
    },
  };
  return { stream: iterator };
}

/** The wire reads from the first byte to the last, one block after the other. */
function fixed(source: Source, length: number): RandomAccessBody {
  let rest: Buffer | undefined;
  return {
    start: 0,
    length,
    blockBytes: BLOCK_BYTES,
    async read(_position, target) {
      const chunk = rest ?? (await source.next());
      if (chunk === undefined) return 0;
      const taken = chunk.copy(target);
      rest = taken < chunk.length ? chunk.subarray(taken) : undefined;
      return taken;
    },
    close: () => source.leave(),
  };
}
