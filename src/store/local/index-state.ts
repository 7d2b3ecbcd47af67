/**
 * Applies the operations of records to the index. The only writer of the index: live commits, replay and rebuilding all
 * come through here, in the order of the log.
 */

import type { IndexDb } from './index-db.ts';
import { BODY, type Change, FILE, FILE_BYTES, FREE_BYTES, GONE, GONE_BYTES, ROW, ROW_BYTES } from './record.ts';
import { FILE_REF_BYTES, IN_FILE, LOG_REF_BYTES } from './ref.ts';
import {
  decodeStats,
  decodeTotals,
  emptyStats,
  emptyTotals,
  encodeStats,
  encodeTotals,
  SEGMENT_PREFIX,
  type SegmentStats,
  STATE_KEY,
  segmentKey,
  type Totals,
} from './stats.ts';

const DEAD = 0x64;
const MOVED = 0x6d;
const FILE_ENTRY = 0x66;

export interface Location {
  readonly segment: number;
  readonly offset: number;
}

/** Where a record ended that is applied now. */
export interface AppliedPosition extends Location {
  readonly sequence: number;
}

export const rowBytes = (keyBytes: number, entryBytes: number): number => ROW_BYTES + keyBytes + entryBytes;

export class IndexState {
  readonly db: IndexDb;
  readonly stats = new Map<number, SegmentStats>();
  readonly totals: Totals = emptyTotals();
  readonly #dirty = new Set<number>();

  constructor(db: IndexDb) {
    this.db = db;
    this.reload();
  }

  /** Reads the counters: after a transaction that failed those in memory are wrong. */
  reload(): void {
    const totals = this.db.state(STATE_KEY);
    Object.assign(this.totals, totals === undefined ? emptyTotals() : decodeTotals(totals));
    this.stats.clear();
    this.#dirty.clear();
    for (const { key, value } of this.db.stateEntries(SEGMENT_PREFIX)) {
      this.stats.set(key.readUInt32BE(1), decodeStats(value));
    }
  }

  /**
   * One transaction: the operations in their order, the counters and the position behind them. When it throws, nothing
   * has changed once `reload` was called.
   */
  apply(changes: readonly Change[], position: AppliedPosition): void {
    this.db.transaction(() => {
      for (const change of changes) this.#applyOne(change);
      this.totals.sequence = position.sequence;
      this.totals.segment = position.segment;
      this.totals.offset = position.offset;
      this.#statsOf(position.segment);
      this.#write();
    });
  }

  /** Counts a segment that is there, so that bodies in it are known. */
  addSegment(number: number): void {
    this.#statsOf(number);
  }

  /** Forgets a segment and what is kept about dead bodies in it. One transaction. */
  removeSegment(number: number, deadRefs: readonly Buffer[]): void {
    try {
      this.db.transaction(() => {
        for (const ref of deadRefs) {
          this.db.removeState(refKey(DEAD, ref));
          this.db.removeState(refKey(MOVED, ref));
        }
        this.db.removeState(segmentKey(number));
      });
    } finally {
      this.reload();
    }
  }

  /** Where the body of a reference is; undefined when its segment is gone. */
  locate(ref: Buffer): Location | undefined {
    const moved = this.db.state(refKey(MOVED, ref));
    if (moved !== undefined) return { segment: moved.readUInt32LE(0), offset: moved.readUInt32LE(4) };
    const segment = ref.readUInt32BE(1);
    return this.stats.has(segment) ? { segment, offset: ref.readUInt32BE(5) } : undefined;
  }

  /** True for a body in the log that was deleted and still takes space. */
  isDead(ref: Buffer): boolean {
    return this.db.hasState(refKey(DEAD, ref));
  }

  /** The record of a large body: its segment and `since`; undefined when no commit holds it. */
  file(ref: Buffer): { readonly segment: number; readonly since: number } | undefined {
    const entry = this.db.state(refKey(FILE_ENTRY, ref));
    return entry && { segment: entry.readUInt32LE(0), since: entry.readUInt32LE(4) };
  }

  /** True when a commit holds a large body of this id. @param id 12 bytes */
  hasFile(id: Buffer): boolean {
    return this.db.stateEntries(Buffer.concat([Buffer.from([FILE_ENTRY, IN_FILE]), id])).length > 0;
  }

  #applyOne(change: Change): void {
    const { op } = change;
    if (op === ROW) this.#row(change);
    else if (op === GONE) this.#gone(change);
    else if (op === BODY) this.#body(change);
    else if (op === FILE) this.#file(change);
    else if (change.key.length === LOG_REF_BYTES) this.#freeBody(change);
    else this.#freeFile(change);
  }

  #row(change: Change): void {
    const before = change.before ?? this.db.rowState(change.key);
    if (before.version > change.version) return;
    if (before.version > 0) this.#rowsDied(before.segment, rowBytes(change.key.length, before.entryBytes));
    this.db.putRow(change.key, change.entry!);
    this.#statsOf(change.segment).rows += rowBytes(change.key.length, change.entry!.length);
  }

  #gone(change: Change): void {
    const before = change.before ?? this.db.rowState(change.key);
    if (before.version > 0 && before.version < change.version) {
      this.#rowsDied(before.segment, rowBytes(change.key.length, before.entryBytes));
      this.db.removeRow(change.key);
    }
    this.#keep(change, GONE_BYTES + change.key.length);
  }

  #body(change: Change): void {
    const { key: ref, segment, offset } = change;
    const size = ref.readUInt32BE(9);
    const isFirst = ref.readUInt32BE(1) === segment && ref.readUInt32BE(5) === offset;
    const before = isFirst ? undefined : this.locate(ref);
    if (!isFirst) {
      const moved = Buffer.allocUnsafe(8);
      moved.writeUInt32LE(segment, 0);
      moved.writeUInt32LE(offset, 4);
      this.db.putState(refKey(MOVED, ref), moved);
      // Deleted while it was moved.
      if (this.isDead(ref)) {
        this.#statsOf(segment).dead += size;
        return;
      }
    }
    if (before === undefined) {
      this.totals.liveBlobs += 1;
      this.totals.liveBytes += size;
    } else this.#bodyDied(before.segment, size);
    this.#statsOf(segment).bodies += size;
  }

  #freeBody(change: Change): void {
    const { key: ref } = change;
    const at = this.locate(ref);
    if (at !== undefined && !this.isDead(ref)) {
      const size = ref.readUInt32BE(9);
      this.db.putState(refKey(DEAD, ref), Buffer.from([1]));
      this.#bodyDied(at.segment, size);
      this.totals.liveBlobs -= 1;
      this.totals.liveBytes -= size;
    }
    this.#keep(change, FREE_BYTES + ref.length);
  }

  #file(change: Change): void {
    const before = this.file(change.key);
    if (before === undefined) {
      this.totals.liveBlobs += 1;
      this.totals.liveBytes += fileSize(change.key);
    } else this.#rowsDied(before.segment, FILE_BYTES + FILE_REF_BYTES);
    const entry = Buffer.allocUnsafe(8);
    entry.writeUInt32LE(change.segment, 0);
    entry.writeUInt32LE(change.since, 4);
    this.db.putState(refKey(FILE_ENTRY, change.key), entry);
    this.#statsOf(change.segment).rows += FILE_BYTES + FILE_REF_BYTES;
  }

  #freeFile(change: Change): void {
    const before = this.file(change.key);
    if (before !== undefined) {
      this.db.removeState(refKey(FILE_ENTRY, change.key));
      this.#rowsDied(before.segment, FILE_BYTES + FILE_REF_BYTES);
      this.totals.liveBlobs -= 1;
      this.totals.liveBytes -= fileSize(change.key);
    }
    this.#keep(change, FREE_BYTES + change.key.length);
  }

  #rowsDied(segment: number, bytes: number): void {
    const stats = this.stats.get(segment);
    if (stats === undefined) return;
    stats.rows -= bytes;
    stats.dead += bytes;
    this.#dirty.add(segment);
  }

  #bodyDied(segment: number, bytes: number): void {
    const stats = this.stats.get(segment);
    if (stats === undefined) return;
    stats.bodies -= bytes;
    stats.dead += bytes;
    this.#dirty.add(segment);
  }

  /** A deletion that was carried over from an older segment counts as of use: else its segment would never rest. */
  #keep(change: Change, bytes: number): void {
    if (change.until === change.segment) return;
    const stats = this.#statsOf(change.segment);
    stats.kept += bytes;
    stats.keptUntil = Math.max(stats.keptUntil, change.until);
  }

  #statsOf(number: number): SegmentStats {
    const stats = this.stats.get(number) ?? emptyStats();
    this.stats.set(number, stats);
    this.#dirty.add(number);
    return stats;
  }

  #write(): void {
    for (const number of this.#dirty) this.db.putState(segmentKey(number), encodeStats(this.stats.get(number)!));
    this.#dirty.clear();
    this.db.putState(STATE_KEY, encodeTotals(this.totals));
  }
}

function refKey(kind: number, ref: Buffer): Buffer {
  const key = Buffer.allocUnsafe(1 + ref.length);
  key[0] = kind;
  key.set(ref, 1);
  return key;
}

const fileSize = (ref: Buffer): number => ref.readUIntBE(13, 6);
