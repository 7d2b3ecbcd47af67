/** Reads bodies in the log: whole ones by way of a cache, pieces by handles. */
import { LRUCache } from 'lru-cache';
import { crc32 } from '../../platform/hash/crc32.ts';
import type { BlobHandle } from '../blob-store.ts';
import type { MaybePromise } from '../meta-store.ts';
import { StoreError } from '../store.ts';
import { diskError } from './errors.ts';
import type { IndexState } from './index-state.ts';
import type { LogRef } from './ref.ts';
import type { Segment, Segments } from './segments.ts';

/** Larger bodies are not kept. */
const CACHED_BODY = 64 * 1024;
/** Up to here a body is read at once: the page cache answers in less time than a thread takes to wake up. */
const READ_NOW = 64 * 1024;
/** What a cached body costs beside its bytes. */
const OVERHEAD = 256;

export class BodyReader {
  readonly #index: IndexState;
  readonly #segments: Segments;
  readonly #cache: LRUCache<string, Buffer>;

  /** @param cacheBytes 0: no cache */
  constructor(index: IndexState, segments: Segments, cacheBytes: number) {
    this.#index = index;
    this.#segments = segments;
    this.#cache = new LRUCache({
      maxSize: Math.max(1, cacheBytes),
      sizeCalculation: (body) => body.length + OVERHEAD,
    });
  }

  /** @param decoded the same reference */
  load(ref: Buffer, decoded: LogRef): MaybePromise<Buffer> {
    const name = ref.toString('latin1');
    return this.#cache.get(name) ?? this.#read(ref, name, decoded);
  }

  open(ref: Buffer, { size }: LogRef): BlobHandle {
    const { segment, offset } = this.#locate(ref);
    segment.acquire();
    let open = true;
    return {
      size,
      async read(position, target) {
        if (!open) throw new StoreError('misuse', 'The handle is closed');
        const length = Math.max(0, Math.min(target.length, size - position));
        if (length > 0) await readWhole(segment, offset + position, target.subarray(0, length));
        return length;
      },
      close() {
        if (open) segment.release();
        open = false;
      },
    };
  }

  /** A body that was just written. */
  remember(ref: Buffer, body: Buffer): void {
    if (body.length <= CACHED_BODY) this.#cache.set(ref.toString('latin1'), body);
  }

  forget(ref: Buffer): void {
    this.#cache.delete(ref.toString('latin1'));
  }

  #read(ref: Buffer, name: string, decoded: LogRef): MaybePromise<Buffer> {
    const { segment, offset } = this.#locate(ref);
    const body = Buffer.allocUnsafeSlow(decoded.size);
    if (decoded.size > READ_NOW || segment.file.readNow === undefined) {
      return this.#readLater(ref, name, decoded, segment, offset, body);
    }
    let read: number;
    try {
      read = segment.file.readNow(body, offset);
    } catch (error) {
      throw diskError(error, 'A body cannot be read');
    }
    if (read < body.length) throw shorter(segment);
    return this.#checked(ref, name, decoded, segment, body);
  }

  async #readLater(
    ref: Buffer,
    name: string,
    decoded: LogRef,
    segment: Segment,
    offset: number,
    body: Buffer,
  ): Promise<Buffer> {
    segment.acquire();
    try {
      await readWhole(segment, offset, body);
    } finally {
      segment.release();
    }
    return this.#checked(ref, name, decoded, segment, body);
  }

  #checked(ref: Buffer, name: string, { size, crc }: LogRef, segment: Segment, body: Buffer): Buffer {
    if (crc32(body) !== crc) throw new StoreError('damaged', `A body in segment ${segment.number} is damaged`);
    if (size <= CACHED_BODY && !this.#index.isDead(ref)) this.#cache.set(name, body);
    return body;
  }

  #locate(ref: Buffer): { segment: Segment; offset: number } {
    const at = this.#index.isDead(ref) ? undefined : this.#index.locate(ref);
    const segment = at && this.#segments.get(at.segment);
    if (at === undefined || segment === undefined) throw new StoreError('missing', 'The body is gone');
    return { segment, offset: at.offset };
  }
}

async function readWhole(segment: Segment, position: number, target: Buffer): Promise<void> {
  let read: number;
  try {
    read = await segment.file.read(target, position);
  } catch (error) {
    throw diskError(error, 'A body cannot be read');
  }
  if (read < target.length) throw shorter(segment);
}

const shorter = (segment: Segment): StoreError =>
  new StoreError('damaged', `Segment ${segment.number} is shorter than it was`);
