/**
 * Start-up: brings the index up to the end of the log. What was being written when the process ended is cut off; what
 * is damaged elsewhere raises an error, for it was durable once.
 */
import { StoreError } from '../store.ts';
import type { IndexState } from './index-state.ts';
import { LogReader, type LogRecord, laterGroupExists } from './log-reader.ts';
import type { LocalStoreEvent } from './options.ts';
import type { Change } from './record.ts';
import { readHeader, SEGMENT_HEADER_BYTES, type Segment, type Segments } from './segments.ts';

/** Operations applied in one transaction. */
const BATCH = 4_096;

export interface Recovered {
  readonly nextSequence: number;
  readonly records: number;
}

/** @param state of an index that is empty, or behind the log */
export async function recover(
  segments: Segments,
  state: IndexState,
  log: (event: LocalStoreEvent) => void,
): Promise<Recovered> {
  const { totals } = state;
  const fresh = totals.segment === 0;
  await dropLeftovers(segments, state, fresh);
  // A rebuilt index has to know which segments are there before it reads of bodies in them.
  if (fresh) for (const { number } of segments.all()) state.addSegment(number);

  const replay = new Replay(state);
  let all = segments.all();
  for (let i = 0; i < all.length; i++) {
    const segment = all[i]!;
    if (!fresh && segment.number < totals.segment) continue;
    const from = !fresh && segment.number === totals.segment ? totals.offset : SEGMENT_HEADER_BYTES;
    if (from > segment.size) throw shorter(segment);
    const bad = await replay.read(segment, from, i === all.length - 1);
    if (bad === undefined) continue;
    if (!(await isTail(segment, bad, all.slice(i + 1)))) {
      throw new StoreError('damaged', `Segment ${segment.number} is damaged at byte ${bad}`);
    }
    for (const { number } of all.slice(i + 1)) await segments.drop(number);
    all = all.slice(0, i + 1);
    log({ kind: 'tail-truncated', segment: segment.number, bytes: segment.size - bad });
    await cut(segment, bad);
  }
  replay.flush();
  const newest = segments.newest();
  const header = newest && (await readHeader(newest));
  return {
    nextSequence: Math.max(state.totals.sequence + 1, header?.firstSequence ?? 1),
    records: replay.records,
  };
}

/** Segments that compaction had emptied, and those that are missing. */
async function dropLeftovers(segments: Segments, state: IndexState, fresh: boolean): Promise<void> {
  if (fresh) return;
  for (const { number } of segments.all()) {
    if (number < state.totals.segment && !state.stats.has(number)) await segments.drop(number);
  }
  for (const number of state.stats.keys()) {
    if (!segments.has(number)) throw new StoreError('damaged', `Segment ${number} of the log is missing`);
  }
}

/**
 * True when a bad record is the end of the log: nothing was written behind its group. A segment behind it may exist as
 * long as it is empty: its making had failed, and its removal was lost.
 */
async function isTail(segment: Segment, bad: number, behind: readonly Segment[]): Promise<boolean> {
  for (const later of behind) {
    const header = await readHeader(later);
    if (header === undefined || header.previousBytes > bad || later.size > SEGMENT_HEADER_BYTES) return false;
  }
  return !(await laterGroupExists(segment, bad, segment.size));
}

async function cut(segment: Segment, size: number): Promise<void> {
  await segment.file.truncate(size);
  await segment.file.sync();
  segment.size = size;
}

class Replay {
  records = 0;
  readonly #state: IndexState;
  #changes: Change[] = [];
  #last: LogRecord | undefined;
  #segment = 0;
  #sequence: number;

  constructor(state: IndexState) {
    this.#state = state;
    this.#sequence = state.totals.sequence;
  }

  /** Reads a segment to its end. @returns where a bad record begins, if one does */
  async read(segment: Segment, from: number, newest: boolean): Promise<number | undefined> {
    const reader = new LogReader(segment, from, segment.size, newest);
    let first = true;
    for (;;) {
      const result = await reader.next();
      if (result.kind === 'end') return undefined;
      if (result.kind === 'bad') return reader.position;
      const { record } = result;
      const { sequence } = record.head;
      // Compaction leaves gaps between segments, never within one.
      if (first ? sequence <= this.#sequence : sequence !== this.#sequence + 1) {
        throw new StoreError('damaged', `Segment ${segment.number} repeats or lacks records at byte ${record.offset}`);
      }
      first = false;
      this.#sequence = sequence;
      if (this.#changes.length > BATCH) this.flush();
      this.#changes.push(...record.changes);
      this.#last = record;
      this.#segment = segment.number;
      this.records += 1;
    }
  }

  flush(): void {
    if (this.#last === undefined) return;
    const { head, end } = this.#last;
    this.#state.apply(this.#changes, { sequence: head.sequence, segment: this.#segment, offset: end });
    this.#changes = [];
    this.#last = undefined;
  }
}

function shorter(segment: Segment): StoreError {
  return new StoreError(
    'damaged',
    `Segment ${segment.number} is shorter than it was: acknowledged commits are lost. ` +
      'To go on without them, rebuild the index from what is left.',
  );
}
