/**
 * Records that wait to be delivered, in memory. They are written early where they become many, and the newest are lost
 * where they cannot be written at all: requests are not held up for their log.
 */
import type { Services } from '../../model/services.ts';
import type { LoggingRule } from './rules.ts';

/** Bytes of lines from which they are written at once. */
const EARLY_BYTES = 8 * 1024 * 1024;
/** Bytes of lines there may be at all, those under delivery included. */
const MOST_BYTES = 32 * 1024 * 1024;
/** How long a record waits, ms. */
export const EVERY_MS = 5 * 60_000;

/** What one bucket has for one place. */
export interface LogBatch {
  /** Full name of the bucket that was asked. */
  readonly source: string;
  readonly rule: LoggingRule;
  lines: string[];
  bytes: number;
}

export class LogBuffer {
  readonly #early: number;
  readonly #most: number;
  #batches = new Map<string, LogBatch>();
  /** Bytes that wait, and bytes that were taken and not settled. */
  #waiting = 0;
  #taken = 0;
  /** When the oldest of those that wait came. */
  #firstMs = 0;
  #lost = 0;

  constructor(early = EARLY_BYTES, most = MOST_BYTES) {
    this.#early = early;
    this.#most = most;
  }

  /** Records that were lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** @param line ASCII */
  add(source: string, rule: LoggingRule, line: string, nowMs: number): void {
    if (this.#waiting + this.#taken + line.length > this.#most) {
      this.#lost += 1;
      return;
    }
    if (this.#waiting === 0) this.#firstMs = nowMs;
    this.#waiting += line.length;
    const batch = this.#batchFor(source, rule);
    batch.lines.push(line);
    batch.bytes += line.length;
  }

  /** When the records are to be written, ms since the epoch; undefined without any. */
  due(nowMs: number): number | undefined {
    if (this.#waiting === 0) return undefined;
    if (this.#waiting >= this.#early) return nowMs;
    // After the clock was set back.
    if (nowMs < this.#firstMs) this.#firstMs = nowMs;
    return (Math.floor(this.#firstMs / EVERY_MS) + 1) * EVERY_MS;
  }

  /** All that wait; each batch goes on to `settle` or `giveBack`. */
  take(): LogBatch[] {
    const batches = [...this.#batches.values()];
    this.#batches = new Map();
    this.#taken += this.#waiting;
    this.#waiting = 0;
    return batches;
  }

  /** A batch that was taken is written, or cannot be for good. */
  settle({ lines, bytes }: LogBatch, outcome: 'written' | 'lost'): void {
    this.#taken -= bytes;
    if (outcome === 'lost') this.#lost += lines.length;
  }

  /** A batch that was taken could not be written: it waits again, in front of what came meanwhile. */
  giveBack({ source, rule, lines, bytes }: LogBatch, nowMs: number): void {
    this.#taken -= bytes;
    if (this.#waiting === 0) this.#firstMs = nowMs;
    this.#waiting += bytes;
    const batch = this.#batchFor(source, rule);
    batch.lines = [...lines, ...batch.lines];
    batch.bytes += bytes;
  }

  #batchFor(source: string, rule: LoggingRule): LogBatch {
    // No name of a bucket has a blank.
    const place = `${source} ${rule.targetBucket} ${rule.targetPrefix ?? ''}`;
    const known = this.#batches.get(place);
    if (known !== undefined) return known;
    const batch: LogBatch = { source, rule, lines: [], bytes: 0 };
    this.#batches.set(place, batch);
    return batch;
  }
}

const buffers = new WeakMap<Services, LogBuffer>();

/** The one of a server. */
export function logBuffer(services: Services): LogBuffer {
  const known = buffers.get(services);
  if (known !== undefined) return known;
  const made = new LogBuffer();
  buffers.set(services, made);
  return made;
}
