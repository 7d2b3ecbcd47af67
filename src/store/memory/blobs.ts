/** Bodies in memory: blocks of one size under 8-byte references that are never reused. */
import type { BlobHandle, BlobRef, BlobStore, BlobUsage, BlobWriter, StagedBlob } from '../blob-store.ts';
import { NO_BYTES } from '../bytes.ts';
import { StoreError } from '../store.ts';
import type { Budget } from './budget.ts';

/** Blocks of a streamed body, bytes; at least `stageLimit`, so that a body for `load` is one block. */
const BLOCK = 256 * 1024;
const REF_BYTES = 8;

interface Body {
  readonly size: number;
  /** All of `blockBytes`, except the last. */
  readonly blocks: readonly Buffer[];
}

export class MemoryBlob implements StagedBlob {
  readonly staged = true;
  readonly size: number;
  readonly owner: MemoryBlobs;
  readonly body: Body;
  /** Bytes of a streamed body are counted while it is staged; those of a whole one with the commit. */
  readonly streamed: boolean;
  state: 'staged' | 'attached' | 'discarded' = 'staged';

  constructor(owner: MemoryBlobs, body: Body, streamed: boolean) {
    this.owner = owner;
    this.body = body;
    this.size = body.size;
    this.streamed = streamed;
  }
}

export class MemoryBlobs implements BlobStore {
  readonly stageLimit: number;
  readonly #blockBytes: number;
  readonly #budget: Budget;
  readonly #bodies = new Map<number, Body>();
  #lastId = 0;
  #liveBytes = 0;
  /** Streamed bodies that are finished and neither attached nor discarded. */
  #waiting = 0;
  #closed = false;

  /** @param stageLimit bytes */
  constructor(stageLimit: number, budget: Budget) {
    this.stageLimit = stageLimit;
    this.#blockBytes = Math.max(BLOCK, stageLimit);
    this.#budget = budget;
  }

  stage(body: Buffer): StagedBlob {
    this.#assertOpen();
    if (body.length > this.stageLimit) {
      throw new StoreError('misuse', `stage takes at most ${this.stageLimit} bytes, not ${body.length}`);
    }
    return new MemoryBlob(this, { size: body.length, blocks: body.length === 0 ? [] : [body] }, false);
  }

  async create(sizeHint?: number): Promise<BlobWriter> {
    this.#assertOpen();
    return new MemoryWriter(this.#blockBytes, sizeHint, this.#budget, (body) => {
      this.#assertOpen();
      this.#waiting += 1;
      return new MemoryBlob(this, body, true);
    });
  }

  async discard(blob: StagedBlob): Promise<void> {
    if (!(blob instanceof MemoryBlob) || blob.owner !== this) {
      throw new StoreError('misuse', 'The staged blob belongs to another store');
    }
    if (blob.state !== 'staged') return;
    blob.state = 'discarded';
    if (!blob.streamed) return;
    this.#waiting -= 1;
    this.#budget.add(-blob.size);
  }

  load(ref: BlobRef): Buffer {
    const body = this.#find(ref);
    if (body.size > this.stageLimit) {
      throw new StoreError('misuse', `load is for blobs of at most ${this.stageLimit} bytes, not ${body.size}`);
    }
    return body.blocks[0] ?? NO_BYTES;
  }

  open(ref: BlobRef): BlobHandle {
    const { size, blocks } = this.#find(ref);
    const blockBytes = this.#blockBytes;
    return {
      size,
      async read(position, target) {
        const wanted = Math.max(0, Math.min(target.length, size - position));
        for (let done = 0; done < wanted; ) {
          const at = position + done;
          const start = at % blockBytes;
          done += blocks[(at - start) / blockBytes]!.copy(target, done, start, start + wanted - done);
        }
        return wanted;
      },
      close: () => undefined,
    };
  }

  async delete(refs: readonly BlobRef[]): Promise<void> {
    this.#assertOpen();
    for (const ref of refs) {
      const id = idOf(ref);
      const body = this.#bodies.get(id);
      if (body === undefined) continue;
      this.#bodies.delete(id);
      this.#liveBytes -= body.size;
      this.#budget.add(-body.size);
    }
  }

  async usage(): Promise<BlobUsage> {
    this.#assertOpen();
    return { liveBlobs: this.#bodies.size, liveBytes: this.#liveBytes, deadBytes: 0, orphans: this.#waiting };
  }

  /**
   * Whether a commit may attach this blob.
   * @returns bytes the attachment adds to what the store holds
   * @throws StoreError misuse, missing
   */
  assertAttachable(blob: StagedBlob | BlobRef): number {
    if (Buffer.isBuffer(blob)) {
      this.#find(blob);
      return 0;
    }
    if (!(blob instanceof MemoryBlob) || blob.owner !== this) {
      throw new StoreError('misuse', 'The staged blob belongs to another store');
    }
    if (blob.state !== 'staged') throw new StoreError('misuse', `The staged blob is already ${blob.state}`);
    return blob.streamed ? 0 : blob.size;
  }

  /** Makes a blob that `assertAttachable` let pass durable; its bytes are counted by the caller. */
  attach(blob: StagedBlob | BlobRef): BlobRef {
    if (Buffer.isBuffer(blob)) return Buffer.from(blob);
    const own = blob as MemoryBlob;
    own.state = 'attached';
    if (own.streamed) this.#waiting -= 1;
    this.#lastId += 1;
    this.#bodies.set(this.#lastId, own.body);
    this.#liveBytes += own.size;
    const ref = Buffer.alloc(REF_BYTES);
    ref.writeUIntBE(this.#lastId, 2, 6);
    return ref;
  }

  /** The attached bodies, which share their memory: nothing writes to it. @param budget they are counted in */
  copy(budget: Budget): MemoryBlobs {
    this.#assertOpen();
    const copy = new MemoryBlobs(this.stageLimit, budget);
    for (const [id, body] of this.#bodies) copy.#bodies.set(id, body);
    copy.#lastId = this.#lastId;
    copy.#liveBytes = this.#liveBytes;
    budget.add(this.#liveBytes);
    return copy;
  }

  close(): void {
    this.#closed = true;
    this.#bodies.clear();
  }

  #find(ref: BlobRef): Body {
    this.#assertOpen();
    const body = this.#bodies.get(idOf(ref));
    if (body === undefined) throw new StoreError('missing', `No blob ${ref.toString('hex')}`);
    return body;
  }

  #assertOpen(): void {
    if (this.#closed) throw new StoreError('closed', 'The store is closed');
  }
}

class MemoryWriter implements BlobWriter {
  readonly #blockBytes: number;
  readonly #budget: Budget;
  readonly #done: (body: Body) => MemoryBlob;
  #blocks: Buffer[] = [];
  /** Bytes used of the last block. */
  #filled = 0;
  #size = 0;
  #expected: number | undefined;
  #ended = false;
  #result: MemoryBlob | undefined;

  constructor(blockBytes: number, sizeHint: number | undefined, budget: Budget, done: (body: Body) => MemoryBlob) {
    this.#blockBytes = blockBytes;
    this.#expected = sizeHint;
    this.#budget = budget;
    this.#done = done;
  }

  write(chunk: Buffer): void {
    this.#assertRunning();
    this.#budget.take(chunk.length);
    this.#size += chunk.length;
    for (let at = 0; at < chunk.length; ) {
      const block = this.#blockWithRoom();
      const copied = chunk.copy(block, this.#filled, at);
      this.#filled += copied;
      at += copied;
    }
  }

  async finish(): Promise<StagedBlob> {
    this.#assertRunning();
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#filled < last.length) {
      this.#blocks[this.#blocks.length - 1] = exactly(last, this.#filled);
    }
    this.#result = this.#done({ size: this.#size, blocks: this.#blocks });
    this.#ended = true;
    return this.#result;
  }

  async abort(): Promise<void> {
    if (this.#result !== undefined) return this.#result.owner.discard(this.#result);
    if (this.#ended) return;
    this.#ended = true;
    this.#blocks = [];
    this.#budget.add(-this.#size);
  }

  #blockWithRoom(): Buffer {
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#filled < last.length) return last;
    if (last !== undefined && last.length < this.#blockBytes) {
      // The hint was too small: only the last block may be short.
      const whole = Buffer.allocUnsafeSlow(this.#blockBytes);
      last.copy(whole);
      this.#blocks[this.#blocks.length - 1] = whole;
      this.#expected = undefined;
      return whole;
    }
    const rest = this.#expected === undefined ? 0 : this.#expected - this.#blocks.length * this.#blockBytes;
    const block = Buffer.allocUnsafeSlow(rest > 0 ? Math.min(rest, this.#blockBytes) : this.#blockBytes);
    this.#blocks.push(block);
    this.#filled = 0;
    return block;
  }

  #assertRunning(): void {
    if (this.#ended) throw new StoreError('misuse', 'The blob writer has ended');
  }
}

function exactly(block: Buffer, length: number): Buffer {
  const out = Buffer.allocUnsafeSlow(length);
  block.copy(out, 0, 0, length);
  return out;
}

function idOf(ref: BlobRef): number {
  return ref.length === REF_BYTES ? ref.readUIntBE(2, 6) : 0;
}
