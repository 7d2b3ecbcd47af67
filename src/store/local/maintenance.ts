/** What runs beside the commits: compaction of wasteful segments, checkpoints of the index. */
import type { Clock } from '../../platform/clock.ts';
import { StoreError } from '../store.ts';
import { type CompactionParts, compactSegment } from './compaction.ts';
import type { LocalStoreEvent } from './options.ts';
import type { Reserve } from './reserve.ts';
import { SEGMENT_HEADER_BYTES, type Segment } from './segments.ts';

/** Time between two looks at the segments, and between two steps of a paced compaction. */
const LOOK_MS = 1_000;
/** A checkpoint once so many bytes went into the log, or so long after the first change. */
const CHECKPOINT_BYTES = 128 * 1024 ** 2;
const CHECKPOINT_MS = 60_000;
const CHECKPOINT_LEAST_MS = 1_000;
/**
 * Or once so many pages of the index were written again: what they replaced is pinned until the next checkpoint, and
 * the file (and what of it is in memory) grows by it. Changes lie scattered, so each is taken for a page of its own.
 */
const CHECKPOINT_CHANGES = (64 * 1024 ** 2) / 4_096;
/** Carried deletions may take this share of the log before the oldest segment is rewritten to get rid of them. */
const KEPT_SHARE = 0.1;
/** Time between two attempts to get the reserve back. */
const RESERVE_MS = 10_000;
/** Rest after a compaction that failed. */
const REST_MS = 60_000;

export interface CompactionResult {
  readonly segments: number;
  /** of the files that are gone */
  readonly bytes: number;
  /** appended again */
  readonly movedBytes: number;
}

export interface MaintenanceOptions {
  readonly background: boolean;
  readonly liveShare: number;
  readonly bytesPerSecond: number;
  /** Carried deletions that do no harm. */
  readonly keptBytes: number;
  readonly clock: Clock;
  readonly log: (event: LocalStoreEvent) => void;
  readonly reserve: Reserve;
}

export class Maintenance {
  readonly #parts: Omit<CompactionParts, 'pace'>;
  readonly #options: MaintenanceOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #busy = false;
  #closed = false;
  #wake: (() => void) | undefined;
  /** Segments that could not be rewritten: not tried again before the next start. */
  readonly #refused = new Set<number>();
  #unsavedBytes = 0;
  #unsavedChanges = 0;
  #unsavedSinceMs: number | undefined;
  #savedMs: number;
  #reserveMs: number;
  #restUntilMs = 0;
  /** Bytes read since the last pause. */
  #debt = 0;

  constructor(parts: Omit<CompactionParts, 'pace'>, options: MaintenanceOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#savedMs = options.clock.monotonicMs();
    this.#reserveMs = this.#savedMs;
    // Not waited for: it is the first use of it that counts.
    this.#running = options.reserve.make();
    this.#schedule();
  }

  /** Tells that so many bytes of the log, with so many changes of rows, were applied. */
  applied(bytes: number, changes: number): void {
    this.#unsavedBytes += bytes;
    this.#unsavedChanges += changes;
    this.#unsavedSinceMs ??= this.#options.clock.monotonicMs();
    this.#schedule();
  }

  /** Rewrites every segment that is worth it, the newest too, as fast as it goes. @throws StoreError */
  compact(): Promise<CompactionResult> {
    const run = this.#running.then(() => {
      const { queue, segments } = this.#parts;
      queue.assertUsable();
      const active = segments.get(queue.activeSegment);
      if (active !== undefined && this.#liveShare(active) < this.#options.liveShare) queue.roll();
      return this.#compactAll(async () => this.#assertRunning()).finally(() => this.#regainReserve());
    });
    this.#running = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#wake?.();
    await this.#running;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#closed || !this.#options.background) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, LOOK_MS);
    this.#timer.unref();
  }

  #look(): void {
    if (this.#busy) {
      this.#schedule();
      return;
    }
    const save = this.#checkpointDue();
    const short = this.#reserveDue();
    const resting = this.#options.clock.monotonicMs() < this.#restUntilMs;
    if (!save && !short && (resting || this.#candidate() === undefined)) {
      if (resting || this.#unsavedSinceMs !== undefined || !this.#options.reserve.held) this.#schedule();
      return;
    }
    this.#busy = true;
    const work = async () => {
      if (save) await this.#checkpoint();
      if (short) await this.#regainReserve();
      if (!resting) await this.#compactAll((bytes) => this.#pace(bytes));
    };
    this.#running = this.#running
      .then(work)
      .catch(() => {
        this.#restUntilMs = this.#options.clock.monotonicMs() + REST_MS;
      })
      .then(() => {
        this.#busy = false;
        this.#schedule();
      });
  }

  #checkpointDue(): boolean {
    if (this.#parts.checkpoints === undefined || this.#unsavedSinceMs === undefined) return false;
    const now = this.#options.clock.monotonicMs();
    if (now - this.#savedMs < CHECKPOINT_LEAST_MS) return false;
    if (this.#unsavedBytes >= CHECKPOINT_BYTES || this.#unsavedChanges >= CHECKPOINT_CHANGES) return true;
    return now - this.#unsavedSinceMs >= CHECKPOINT_MS;
  }

  #reserveDue(): boolean {
    if (this.#options.reserve.held) return false;
    return this.#options.clock.monotonicMs() - this.#reserveMs >= RESERVE_MS;
  }

  async #regainReserve(): Promise<void> {
    const { reserve, clock, log } = this.#options;
    if (reserve.held) return;
    this.#reserveMs = clock.monotonicMs();
    await reserve.make();
    if (reserve.held) log({ kind: 'disk-not-full' });
  }

  async #checkpoint(): Promise<void> {
    this.#unsavedBytes = 0;
    this.#unsavedChanges = 0;
    this.#unsavedSinceMs = undefined;
    this.#savedMs = this.#options.clock.monotonicMs();
    await this.#parts.checkpoints?.take();
  }

  async #compactAll(pace: (bytes: number) => Promise<void>): Promise<CompactionResult> {
    const total = { segments: 0, bytes: 0, movedBytes: 0 };
    for (let segment = this.#candidate(); segment !== undefined; segment = this.#candidate()) {
      try {
        const movedBytes = await compactSegment({ ...this.#parts, pace }, segment);
        total.segments += 1;
        total.bytes += segment.size;
        total.movedBytes += movedBytes;
        this.#options.log({ kind: 'segment-compacted', segment: segment.number, bytes: segment.size, movedBytes });
      } catch (error) {
        if (this.#closed) return total;
        this.#options.log({ kind: 'compaction-failed', segment: segment.number, error });
        if (error instanceof StoreError && error.kind === 'damaged') this.#refused.add(segment.number);
        throw error;
      }
    }
    return total;
  }

  /** The segment to rewrite next, if one is worth it. */
  #candidate(): Segment | undefined {
    const { segments, queue } = this.#parts;
    const { reserve } = this.#options;
    let worst: Segment | undefined;
    let worstShare = this.#options.liveShare;
    let oldest: Segment | undefined;
    let kept = 0;
    let bytes = 0;
    for (const segment of segments.all()) {
      bytes += segment.size;
      kept += this.#keptBytes(segment);
      if (segment.number >= queue.activeSegment || this.#refused.has(segment.number)) continue;
      if (!reserve.held && this.#liveBytes(segment) > reserve.size / 2) continue;
      oldest ??= segment;
      const share = this.#liveShare(segment);
      if (share < worstShare) {
        worst = segment;
        worstShare = share;
      }
    }
    if (worst === undefined && kept > Math.max(this.#options.keptBytes, bytes * KEPT_SHARE)) return oldest;
    return worst;
  }

  #liveShare(segment: Segment): number {
    return segment.size <= SEGMENT_HEADER_BYTES ? 1 : this.#liveBytes(segment) / segment.size;
  }

  #liveBytes(segment: Segment): number {
    const stats = this.#parts.index.stats.get(segment.number);
    return stats === undefined ? segment.size : stats.rows + stats.bodies + this.#keptBytes(segment);
  }

  /** Bytes of carried deletions that may still be needed. */
  #keptBytes(segment: Segment): number {
    const stats = this.#parts.index.stats.get(segment.number);
    if (stats === undefined || stats.kept === 0) return 0;
    return this.#parts.segments.anyBetween(0, stats.keptUntil, segment.number) ? stats.kept : 0;
  }

  async #pace(bytes: number): Promise<void> {
    this.#assertRunning();
    this.#debt += bytes;
    const ms = (this.#debt / this.#options.bytesPerSecond) * 1_000;
    if (ms < 20) return;
    this.#debt = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#assertRunning();
  }

  #assertRunning(): void {
    if (this.#closed) throw new StoreError('closed', 'The store is closed');
  }
}
