/**
 * The shared pool of blocks for large transfers: a cap on the memory that all of them may hold together.
 * Source: DESIGN §7.9.
 */
import { CosError } from '../errors/cos-error.ts';

export interface BufferPoolOptions {
  /** bytes of one block; default 256 KiB */
  readonly blockBytes?: number;
  /** bytes of all blocks that are out at once; default 64 MiB */
  readonly maxBytes?: number;
  /** transfers that may wait for blocks; default 1,024 */
  readonly maxWaiters?: number;
  /** ms a transfer waits before SlowDown; default 10,000 */
  readonly waitMs?: number;
}

interface Waiter {
  readonly count: number;
  readonly resolve: (blocks: Buffer[]) => void;
  readonly timer: NodeJS.Timeout;
}

/** Blocks kept for reuse while nobody needs them; the others are left to the garbage collector. */
const IDLE_BLOCKS = 16;

export class BufferPool {
  readonly blockBytes: number;
  readonly #maxBlocks: number;
  readonly #maxWaiters: number;
  readonly #waitMs: number;
  readonly #free: Buffer[] = [];
  /** In the order of arrival. */
  readonly #waiters = new Set<Waiter>();
  #used = 0;

  constructor(options: BufferPoolOptions = {}) {
    this.blockBytes = options.blockBytes ?? 256 * 1024;
    this.#maxBlocks = Math.max(2, Math.floor((options.maxBytes ?? 64 * 1024 * 1024) / this.blockBytes));
    this.#maxWaiters = options.maxWaiters ?? 1_024;
    this.#waitMs = options.waitMs ?? 10_000;
  }

  /** Blocks that are out. */
  get used(): number {
    return this.#used;
  }

  /** Transfers that wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Blocks for one transfer, all at once (so that two transfers can never hold one each and wait for another).
   * @param count 1 or 2
   * @throws CosError SlowDown when too many wait already, or the wait took too long
   */
  acquire(count: number): Buffer[] | Promise<Buffer[]> {
    if (this.#waiters.size === 0 && this.#used + count <= this.#maxBlocks) return this.#take(count);
    if (this.#waiters.size >= this.#maxWaiters) throw new CosError('SlowDown');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new CosError('SlowDown'));
        // The one behind may need fewer blocks.
        this.#serve();
      }, this.#waitMs);
      const waiter: Waiter = { count, resolve, timer };
      this.#waiters.add(waiter);
    });
  }

  /** Gives blocks back; nothing may read or write them any more. */
  release(blocks: readonly Buffer[]): void {
    this.#used -= blocks.length;
    for (const block of blocks) if (this.#free.length < IDLE_BLOCKS) this.#free.push(block);
    this.#serve();
  }

  #serve(): void {
    for (const waiter of this.#waiters) {
      if (this.#used + waiter.count > this.#maxBlocks) return;
      this.#waiters.delete(waiter);
      clearTimeout(waiter.timer);
      waiter.resolve(this.#take(waiter.count));
    }
  }

  #take(count: number): Buffer[] {
    this.#used += count;
    const blocks: Buffer[] = [];
    for (let i = 0; i < count; i++) blocks.push(this.#free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes));
    return blocks;
  }
}
