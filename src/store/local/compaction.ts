/**
 * Rewrites one segment: what is still of use in it is appended to the log again, then the file goes.
 *
 * Rows keep their version, bodies their reference. A deletion is carried along as long as a segment exists that may
 * hold what it deletes, so that an index that is built again from the log shows no row that was deleted.
 */

import { crc32 } from '../../platform/hash/crc32.ts';
import { StoreError } from '../store.ts';
import type { Checkpointer } from './checkpoint.ts';
import { nameOf } from './committer.ts';
import { ENTRY_BYTES, entrySince } from './entry.ts';
import type { IndexState } from './index-state.ts';
import type { LogQueue } from './log-queue.ts';
import { LogReader } from './log-reader.ts';
import {
  BODY,
  BODY_BYTES,
  bodySpan,
  type Change,
  FILE,
  FILE_BYTES,
  FREE,
  FREE_BYTES,
  GONE,
  GONE_BYTES,
  RECORD_BYTES,
  ROW,
  ROW_BYTES,
} from './record.ts';
import { LOG_REF_BYTES } from './ref.ts';
import { SEGMENT_HEADER_BYTES, type Segment, type Segments } from './segments.ts';

/** Bytes moved by one record; commits wait for no longer than that takes. */
const BATCH_BYTES = 512 * 1024;
const BATCH_CHANGES = 1_000;
/** Passes over a segment: in each, commits that fail may leave a row behind. */
const PASSES = 3;

export interface CompactionParts {
  readonly segments: Segments;
  readonly index: IndexState;
  readonly queue: LogQueue;
  readonly checkpoints: Checkpointer | undefined;
  /** Resolves when so many bytes may be read. Rejects to end compaction. */
  readonly pace: (bytes: number) => Promise<void>;
}

interface Move {
  readonly change: Change;
  readonly body: Buffer | undefined;
}

/** Rewrites and removes a sealed segment. @returns bytes moved @throws StoreError */
export async function compactSegment(parts: CompactionParts, segment: Segment): Promise<number> {
  const { segments, index, queue, checkpoints } = parts;
  // Its last records may be on their way still.
  await queue.settled();
  const { size } = segment;
  let moved = 0;
  let deadRefs: Buffer[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    deadRefs = [];
    moved += await new SegmentPass(parts, segment, deadRefs).run();
    // What was left because a commit replaces it is gone once that commit is applied.
    await queue.settled();
    if (isEmpty(index, segment.number)) break;
  }
  assertSealed(queue, segment, size);
  // Never remove what the counters still call live, whatever the reason.
  if (!isEmpty(index, segment.number)) throw new StoreError('damaged', `Segment ${segment.number} cannot be emptied`);
  // The newest segment knows the sequence numbers that were given out: there has to be one behind this.
  if (segments.newest() === segment) {
    for (let wait = queue.room(); wait !== undefined; wait = queue.room()) await wait;
    const record = queue.begin(RECORD_BYTES, 0);
    record.end();
    await queue.added(record);
  }
  index.removeSegment(
    segment.number,
    deadRefs.filter((ref) => index.isDead(ref) && index.locate(ref)?.segment === segment.number),
  );
  await checkpoints?.take();
  await segments.drop(segment.number);
  return moved;
}

/** When a new segment cannot be made, for want of space, the log goes on in the old one. */
function assertSealed(queue: LogQueue, segment: Segment, size: number): void {
  if (queue.activeSegment > segment.number && segment.size === size) return;
  throw new StoreError('full', `Segment ${segment.number} is written to again`);
}

function isEmpty(index: IndexState, number: number): boolean {
  const stats = index.stats.get(number);
  return stats === undefined || (stats.rows === 0 && stats.bodies === 0);
}

class SegmentPass {
  readonly #parts: CompactionParts;
  readonly #segment: Segment;
  readonly #deadRefs: Buffer[];
  #moves: Move[] = [];
  #bytes = 0;
  #moved = 0;

  constructor(parts: CompactionParts, segment: Segment, deadRefs: Buffer[]) {
    this.#parts = parts;
    this.#segment = segment;
    this.#deadRefs = deadRefs;
  }

  async run(): Promise<number> {
    const reader = new LogReader(this.#segment, SEGMENT_HEADER_BYTES, this.#segment.size, false);
    for (;;) {
      const from = reader.position;
      const result = await reader.next();
      if (result.kind === 'end') break;
      if (result.kind === 'bad') {
        throw new StoreError('damaged', `Segment ${this.#segment.number}: ${result.why} at byte ${from}`);
      }
      await this.#parts.pace(result.record.end - from);
      for (const change of result.record.changes) {
        if (!this.#isOfUse(change)) continue;
        const body = change.op === BODY ? await this.#readBody(change) : undefined;
        this.#moves.push({ change, body });
        this.#bytes += change.key.length + (change.entry?.length ?? 0) + (body?.length ?? 0);
        if (this.#bytes >= BATCH_BYTES || this.#moves.length >= BATCH_CHANGES) await this.#append();
      }
    }
    await this.#append();
    return this.#moved;
  }

  /**
   * What is being overwritten or deleted by a commit under way is left: a copy would come behind that commit in the
   * log. Should the commit fail, the next pass finds it.
   */
  #isOfUse(change: Change): boolean {
    const { index, segments, queue } = this.#parts;
    const { number } = this.#segment;
    switch (change.op) {
      case ROW: {
        const row = queue.pending.get(nameOf(change.key)) ?? index.db.rowState(change.key);
        return row.version === change.version && row.segment === number;
      }
      case GONE:
        return segments.anyBetween(change.since, change.until, number);
      case BODY: {
        const at = index.locate(change.key);
        if (at?.segment !== number || at.offset !== change.offset) return false;
        if (!index.isDead(change.key) && !queue.isFreeing(change.key)) return true;
        this.#deadRefs.push(Buffer.from(change.key));
        return false;
      }
      case FILE:
        return index.file(change.key)?.segment === number && !queue.isFreeing(change.key);
      case FREE:
        if (change.key.length !== LOG_REF_BYTES) return segments.anyBetween(change.since, change.until, number);
        return index.isDead(change.key) && index.locate(change.key)?.segment !== number;
      default:
        return false;
    }
  }

  async #readBody({ key, offset }: Change): Promise<Buffer> {
    const body = Buffer.allocUnsafeSlow(key.readUInt32BE(9));
    const read = await this.#segment.file.read(body, offset);
    if (read < body.length || crc32(body) !== key.readUInt32BE(13)) {
      throw new StoreError('damaged', `A body in segment ${this.#segment.number} at byte ${offset} is damaged`);
    }
    return body;
  }

  /** One record of what is still of use at this moment. */
  async #append(): Promise<void> {
    const { queue } = this.#parts;
    const planned = this.#moves;
    this.#moves = [];
    this.#bytes = 0;
    for (let wait = queue.room(); wait !== undefined; wait = queue.room()) await wait;
    const moves = planned.filter(({ change }) => this.#isOfUse(change));
    if (moves.length === 0) return;
    assertSealed(queue, this.#segment, this.#segment.size);
    let headBytes = RECORD_BYTES;
    let bodyBytes = 0;
    for (const { change, body } of moves) {
      headBytes += headBytesOf(change);
      if (body !== undefined) bodyBytes += bodySpan(body.length);
    }
    const record = queue.begin(headBytes, bodyBytes);
    const { group, segment } = record;
    for (const { change } of moves) {
      const { key, version, since, until } = change;
      if (change.op === ROW) {
        const entry = change.entry!;
        const valueAt = ENTRY_BYTES + entry[14]!;
        const ref = valueAt === ENTRY_BYTES ? undefined : entry.subarray(ENTRY_BYTES, valueAt);
        const oldest = entrySince(entry);
        record.row(key, version, oldest, ref, entry.subarray(valueAt), undefined);
        queue.setRow({ name: nameOf(key), version, segment, since: oldest, entryBytes: entry.length, group });
      } else if (change.op === GONE) record.gone(key, version, since, until, undefined);
      else if (change.op === BODY) record.body(key, key.readUInt32BE(9));
      else if (change.op === FILE) record.file(key, since);
      else record.free(key, since, until);
    }
    record.end();
    for (const { body } of moves) if (body !== undefined) group.addBody(body);
    await queue.added(record);
    this.#moved += headBytes + bodyBytes;
  }
}

function headBytesOf({ op, key, entry }: Change): number {
  if (op === ROW) return ROW_BYTES + key.length + entry!.length;
  if (op === GONE) return GONE_BYTES + key.length;
  return key.length + (op === BODY ? BODY_BYTES : op === FILE ? FILE_BYTES : FREE_BYTES);
}
