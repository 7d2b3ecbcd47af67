/**
 * Walks over current objects, noncurrent versions and unfinished uploads. Most rows are passed by on what stands at
 * fixed places in them: their time.
 */
import {
  currentKey,
  escapedObjectKeyOf,
  isMarkerSlot,
  objectKeyOf,
  uploadIdOf,
  versionsOfKey,
} from '../../model/keys.ts';
import { type ObjectRecord, unpackObject } from '../../model/records/object.ts';
import { unpackUpload } from '../../model/records/upload.ts';
import type { Row } from '../../store/meta-store.ts';
import { midnightFrom } from './calendar.ts';
import type { CompiledRule } from './compile.ts';
import { judgeMarkers, judgeUpload, judgeVersion } from './evaluate.ts';
import { type Bounds, boundsOf, type Space } from './segments.ts';
import { abortOne, carryOut, factsOf, removeMarkers, Soonest, type Walk, type Walker } from './walk.ts';

/** Delete markers of one key that are taken away in one go; more come at a next midnight. */
const MAX_MARKERS = 10_000;

export function walkerOf(walk: Walk, space: Space, rules: readonly CompiledRule[]): Walker {
  const bounds = boundsOf({ space, rules }, walk.moment);
  switch (space) {
    case 'objects':
      return new ObjectWalker(walk, rules, bounds);
    case 'versions':
      return new VersionWalker(walk, rules, bounds);
    case 'uploads':
      return new UploadWalker(walk, rules, bounds);
  }
}

/** What all walks have: the time of the oldest row that is too young for every rule. */
abstract class Base implements Walker {
  protected readonly walk: Walk;
  protected readonly rules: readonly CompiledRule[];
  protected readonly bounds: Bounds;
  protected readonly soonest = new Soonest();
  #oldestYoungMs = Number.POSITIVE_INFINITY;

  constructor(walk: Walk, rules: readonly CompiledRule[], bounds: Bounds) {
    this.walk = walk;
    this.rules = rules;
    this.bounds = bounds;
  }

  abstract row(row: Row): boolean | Promise<boolean>;

  cutBefore({ key }: Row): Buffer | undefined {
    return key;
  }

  end(): void | Promise<void> {
    // Nothing waits for the next row.
  }

  dueMs(): number {
    const { calendar } = this.walk.moment;
    const youngMs = this.#oldestYoungMs + this.bounds.fewestDays * calendar.dayMs;
    return Number.isFinite(youngMs) ? Math.min(this.soonest.ms, midnightFrom(calendar, youngMs)) : this.soonest.ms;
  }

  get newcomersMs(): number {
    return this.bounds.newcomersMs;
  }

  /** Whether nothing can be due for its time alone. */
  protected isYoung(sinceMs: number): boolean {
    if (sinceMs <= this.bounds.newestDueMs) return false;
    if (sinceMs < this.#oldestYoungMs) this.#oldestYoungMs = sinceMs;
    return true;
  }

  /** @param newer noncurrent versions that are newer; undefined for a current one */
  protected async judge(key: string, row: Row, record: ObjectRecord, sinceMs: number, newer: number | undefined) {
    const noncurrent = newer !== undefined;
    const verdict = judgeVersion(this.rules, factsOf(key, record, sinceMs, newer), noncurrent, this.walk.moment);
    await carryOut(this.walk, key, row, noncurrent, verdict, this.soonest);
    return verdict.action !== 'expire';
  }
}

class ObjectWalker extends Base {
  row(row: Row): boolean | Promise<boolean> {
    const record = unpackObject(row.value);
    const { modifiedMs } = record;
    return this.isYoung(modifiedMs) || this.judge(objectKeyOf(row.key), row, record, modifiedMs, undefined);
  }
}

class UploadWalker extends Base {
  row(row: Row): boolean | Promise<boolean> {
    const { initiatedMs, key } = unpackUpload(row.value);
    if (this.isYoung(initiatedMs)) return true;
    const verdict = judgeUpload(this.rules, key, initiatedMs, this.walk.moment);
    this.soonest.add(verdict.nextMs);
    if (verdict.action === 'none') return true;
    return abortOne(this.walk, key, uploadIdOf(row.key), this.soonest).then(() => false);
  }
}

/** Rows of one key come newest first, so the row before is the version that succeeded. */
class VersionWalker extends Base {
  #key: string | undefined;
  #successorMs: number | undefined;
  #markers: Row[] = [];
  /** Noncurrent versions of the key that were seen; delete markers are none of them. */
  #newer = 0;
  /** The newest version is a delete marker, and no object was seen below. */
  #onlyMarkers = false;

  /** Before the first row that the key may ever have: its versions have to be seen together. */
  override cutBefore(row: Row): Buffer | undefined {
    const key = escapedObjectKeyOf(row.key);
    return key === this.#key ? undefined : versionsOfKey(this.walk.bucket.record.id, key);
  }

  async row(row: Row): Promise<boolean> {
    const key = escapedObjectKeyOf(row.key);
    if (key !== this.#key) {
      await this.#endKey();
      this.#key = key;
      this.#successorMs = undefined;
      this.#newer = 0;
      this.#onlyMarkers = isMarkerSlot(row.key);
    }
    const record = unpackObject(row.value);
    const successorMs = this.#successorMs;
    this.#successorMs = record.modifiedMs;
    if (record.kind === 'delete-marker') {
      if (this.#onlyMarkers && this.#markers.length < MAX_MARKERS) this.#markers.push(row);
      return true;
    }
    this.#onlyMarkers = false;
    this.#markers = [];
    const newer = this.#newer;
    this.#newer += 1;
    return this.#noncurrent(key, row, record, successorMs, newer);
  }

  async #noncurrent(
    key: string,
    row: Row,
    record: ObjectRecord,
    successorMs: number | undefined,
    newer: number,
  ): Promise<boolean> {
    // It cannot have become noncurrent before it was written.
    if (this.isYoung(successorMs ?? record.modifiedMs)) return true;
    const sinceMs = successorMs ?? (await this.#currentMs(key));
    if (sinceMs === undefined || this.isYoung(sinceMs)) return true;
    return this.judge(key, row, record, sinceMs, newer);
  }

  /** When the current version was written; undefined where it went since the version was read. */
  async #currentMs(key: string): Promise<number | undefined> {
    const { services, bucket, moment } = this.walk;
    const [current] = await services.store.meta.get([currentKey(bucket.record.id, key)]);
    if (current === undefined) this.soonest.add(moment.midnightMs + moment.calendar.dayMs);
    return current === undefined ? undefined : unpackObject(current.value).modifiedMs;
  }

  async #endKey(): Promise<void> {
    const markers = this.#markers;
    this.#markers = [];
    if (this.#key === undefined || !this.#onlyMarkers || markers.length === 0) return;
    const newestMs = unpackObject(markers[0]!.value).modifiedMs;
    const verdict = judgeMarkers(this.rules, this.#key, newestMs, this.walk.moment);
    this.soonest.add(verdict.nextMs);
    if (verdict.action === 'expire') await removeMarkers(this.walk, this.#key, markers, this.soonest);
  }

  override end(): Promise<void> {
    return this.#endKey();
  }
}
