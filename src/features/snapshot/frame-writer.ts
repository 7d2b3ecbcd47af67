/** Turns bytes of items into frames, packed where that saves something, and adds the end with the digest of it all. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import {
  DEFLATED,
  END,
  encodeFrame,
  encodeStart,
  FRAME_BYTES,
  type SnapshotCounts,
  type SnapshotHeader,
  STORED,
} from './format.ts';

const deflate = promisify(deflateRaw);
/** Packing has to save a sixteenth, or the bytes are stored as they are. */
const WORTH = 15 / 16;
/** What does not shrink is tried again after so many frames. */
const TRY_EVERY = 16;
/** Frames that are packed, by other threads, while further ones are filled. */
const AHEAD = 3;

interface Packing {
  readonly raw: Buffer;
  /** undefined: not tried */
  readonly packed: Promise<Buffer> | undefined;
}

export class FrameWriter {
  readonly #digest = createHash('sha256');
  readonly #full: Packing[] = [];
  #chunk = Buffer.allocUnsafeSlow(FRAME_BYTES);
  #used = 0;
  #skip = 0;

  start(header: SnapshotHeader): Buffer {
    const start = encodeStart(header);
    this.#digest.update(start);
    return start;
  }

  /** Takes the bytes, a copy of them. */
  put(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const copied = bytes.copy(this.#chunk, this.#used, at);
      at += copied;
      this.#used += copied;
      if (this.#used === FRAME_BYTES) this.#seal();
    }
  }

  /** Frames have to be taken before more is put. */
  get isFull(): boolean {
    return this.#full.length > AHEAD;
  }

  /** The frames that are full, to be sent on in this order. @param left so many may go on being packed */
  async *take(left = AHEAD): AsyncGenerator<Buffer> {
    while (this.#full.length > left) {
      const { raw, packed: packing } = this.#full.shift()!;
      const packed = await packing;
      const isWorth = packed !== undefined && packed.length < raw.length * WORTH;
      if (packed !== undefined) this.#skip = isWorth ? 0 : TRY_EVERY;
      const frame = isWorth ? encodeFrame(DEFLATED, packed, raw.length) : encodeFrame(STORED, raw, raw.length);
      for (const piece of frame) this.#digest.update(piece);
      yield* frame;
    }
  }

  async *end(counts: SnapshotCounts): AsyncGenerator<Buffer> {
    if (this.#used > 0) this.#seal();
    yield* this.take(0);
    const end = Buffer.from(JSON.stringify({ ...counts, sha256: this.#digest.digest('hex') }));
    yield* encodeFrame(END, end, end.length);
  }

  #seal(): void {
    const raw = this.#chunk.subarray(0, this.#used);
    const packed = this.#skip > 0 ? undefined : (deflate(raw, { level: 1 }) as Promise<Buffer>);
    if (packed === undefined) this.#skip -= 1;
    this.#full.push({ raw, packed });
    this.#chunk = Buffer.allocUnsafeSlow(FRAME_BYTES);
    this.#used = 0;
  }
}
