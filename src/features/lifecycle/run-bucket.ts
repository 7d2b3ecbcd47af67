/** The lifecycle of one bucket at one midnight. Source: spec/buckets.md §12. */
import { createHash } from 'node:crypto';
import { bucketConfig, hasConfig } from '../../model/bucket-configs.ts';
import { type BucketEntry, findBucket } from '../../model/buckets.ts';
import { afterPrefix, currentKey, versionsOfKey } from '../../model/keys.ts';
import { BucketChanged } from '../../model/lifecycle-changes.ts';
import { pack } from '../../model/records/pack.ts';
import type { Services } from '../../model/services.ts';
import { packTouched, touchedObjectKey, touchedRange, unpackTouched } from '../../model/touched.ts';
import type { Check, Row } from '../../store/meta-store.ts';
import { BUCKET_LIFECYCLE } from './bucket-lifecycle.ts';
import type { Calendar } from './calendar.ts';
import { type CompiledRule, compileRules } from './compile.ts';
import { Pool } from './pool.ts';
import { type Segment, type Space, segmentAt, segmentsOf } from './segments.ts';
import type { Tally, Walk, Walker } from './walk.ts';
import { walkerOf } from './walkers.ts';
import { readState, readZones, resetZones, statePut, ZONE_KEY_EXTRA, type Zone, zoneKey, zonePut } from './zones.ts';

const PAGE_ROWS = 1_000;
/** Changes at once: more would not make the disk faster, and requests wait behind them. */
const CHANGES_AT_ONCE = 64;
/** Longest key of a row, bytes (the port's limit). */
const MAX_KEY = 1_500;
/** Beginnings anew while somebody changes the bucket all the time. */
const MAX_BEGINNINGS = 20;

export interface BucketRun {
  readonly services: Services;
  readonly calendar: Calendar;
  /** The midnight that everything is judged at. */
  readonly midnightMs: number;
  readonly tally: Tally;
  /** Rows of a zone before it is cut in two. */
  readonly zoneRows: number;
  /** Aborted: stops behind the zone it is at. */
  readonly signal: AbortSignal;
  /** What is known of the zones cannot be trusted: the clock was set back. */
  readonly distrust: boolean;
  readonly onProgress: (bucket: string) => void;
}

/** @param name full name @throws Error when the bucket is changed all the time */
export async function runBucket(run: BucketRun, name: string): Promise<void> {
  let { distrust } = run;
  for (let begun = 0; begun < MAX_BEGINNINGS && !run.signal.aborted; begun++) {
    const bucket = await findBucket(run.services, name);
    if (bucket === undefined || !hasConfig(bucket, BUCKET_LIFECYCLE)) return;
    try {
      return await new BucketWalk(run, bucket).go(distrust);
    } catch (error) {
      if (!(error instanceof BucketChanged)) throw error;
      distrust = false;
    }
  }
  if (!run.signal.aborted) throw new Error(`the bucket ${name} is changed all the time`);
}

class BucketWalk {
  readonly #run: BucketRun;
  readonly #walk: Walk;
  readonly #guard: Check;

  constructor(run: BucketRun, bucket: BucketEntry) {
    const { services, calendar, midnightMs, tally } = run;
    const moment = { calendar, midnightMs, nowMs: services.clock.nowMs() };
    this.#run = run;
    this.#walk = { services, bucket, moment, pool: new Pool(CHANGES_AT_ONCE), tally };
    this.#guard = { key: bucket.row.key, version: bucket.row.version };
  }

  /** @throws BucketChanged */
  async go(distrust: boolean): Promise<void> {
    const { services, bucket } = this.#walk;
    const configuration = await bucketConfig(services, bucket, BUCKET_LIFECYCLE);
    if (configuration === undefined) return;
    const rules = compileRules(configuration.rules, this.#run.midnightMs);
    if (rules.length === 0) return;
    const segments = segmentsOf(bucket.record.id, bucket.record.versioning, rules);
    await this.#prepare(segments, rules, distrust);
    await this.#walkZones(segments);
    if (!this.#run.signal.aborted) await this.#walkTouched(rules);
  }

  /** Zones stand for the rules they were made for, and for a clock that goes forward. */
  async #prepare(segments: readonly Segment[], rules: readonly CompiledRule[], distrust: boolean): Promise<void> {
    const { services, bucket } = this.#walk;
    const { calendar, midnightMs } = this.#run;
    const { id, versioning } = bucket.record;
    const fingerprint = createHash('sha256')
      .update(pack([versioning, calendar.dayMs, calendar.offsetMs, rules.map((rule) => Object.values(rule))]))
      .digest('base64');
    const before = await readState(services, id);
    const state = { fingerprint, midnightMs };
    if (distrust || before?.fingerprint !== fingerprint || before.midnightMs > midnightMs) {
      const starts = segments.map(({ from }) => from);
      if (!(await resetZones(services, id, starts, state, this.#guard))) throw new BucketChanged();
    } else if (before.midnightMs !== midnightMs) {
      await this.#commit({ puts: [statePut(id, state)] });
    }
  }

  async #commit(change: { puts?: ReturnType<typeof zonePut>[]; deletes?: Buffer[]; checks?: Check[] }): Promise<void> {
    const done = await this.#walk.services.store.meta.commit({ guards: [this.#guard], ...change });
    if (!done.ok && done.failed.equals(this.#guard.key)) throw new BucketChanged();
  }

  async #walkZones(segments: readonly Segment[]): Promise<void> {
    const { services, bucket, tally } = this.#walk;
    let before: Zone | undefined;
    let zone: Zone | undefined;
    const take = async (next: Zone | undefined): Promise<void> => {
      const segment = zone === undefined ? undefined : segmentAt(segments, zone.from);
      if (zone !== undefined && segment !== undefined) {
        const to = next !== undefined && next.from.compare(segment.to) < 0 ? next.from : segment.to;
        if (zone.dueMs > this.#run.midnightMs) tally.zonesSkipped += 1;
        else zone = await this.#walkZone(segment, zone, to, before);
      }
      before = zone ?? before;
      zone = next;
    };
    for await (const next of readZones(services, bucket.record.id)) {
      await take(next);
      if (this.#run.signal.aborted) return;
    }
    await take(undefined);
  }

  /**
   * @param before the zone in front; an empty zone becomes part of it where it is of the same segment
   * @returns the last zone that the range consists of from now on; undefined where it went
   */
  async #walkZone(segment: Segment, first: Zone, to: Buffer, before: Zone | undefined): Promise<Zone | undefined> {
    const { bucket, pool, tally } = this.#walk;
    const { id } = bucket.record;
    let zone = first;
    for (;;) {
      tally.zones += 1;
      const walker = walkerOf(this.#walk, segment.space, segment.rules);
      const { kept, cut } = await this.#walkRows(walker, zone.from, to);
      await walker.end();
      await pool.drain();
      const dueMs = this.#later(Math.min(walker.dueMs(), walker.newcomersMs));
      this.#run.onProgress(bucket.record.name);
      if (cut === undefined && kept === 0 && before !== undefined && isIn(segment, before)) {
        const merged = { from: before.from, dueMs: Math.min(before.dueMs, dueMs) };
        await this.#commit({ puts: [zonePut(id, merged)], deletes: [zoneKey(id, zone.from)] });
        return merged;
      }
      const done = { from: zone.from, dueMs };
      const puts = [zonePut(id, done)];
      if (cut !== undefined) puts.push(zonePut(id, { from: cut, dueMs: 0 }));
      await this.#commit({ puts });
      if (cut === undefined || this.#run.signal.aborted) return done;
      before = done;
      zone = { from: cut, dueMs: 0 };
    }
  }

  /** @returns how many rows stay, and where the zone ends early because it has enough */
  async #walkRows(walker: Walker, start: Buffer, to: Buffer): Promise<{ kept: number; cut: Buffer | undefined }> {
    const { services, tally } = this.#walk;
    let kept = 0;
    let seen = 0;
    let from: Buffer | undefined = start;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await services.store.meta.scan({ from, to, limit: PAGE_ROWS });
      for (const row of page.rows) {
        const enough = seen >= this.#run.zoneRows && row.key.length + ZONE_KEY_EXTRA <= MAX_KEY;
        const cut = enough ? walker.cutBefore(row) : undefined;
        if (cut !== undefined) return { kept, cut };
        seen += 1;
        tally.rows += 1;
        const stays = walker.row(row);
        if (typeof stays === 'boolean' ? stays : await stays) kept += 1;
      }
      from = page.resume;
      // Requests have their turn.
      await services.sleep(0);
    }
    return { kept, cut: undefined };
  }

  /** Keys to look at for themselves (model/touched.ts). */
  async #walkTouched(rules: readonly CompiledRule[]): Promise<void> {
    const { services, bucket } = this.#walk;
    const { from: start, to } = touchedRange(bucket.record.id);
    let from: Buffer | undefined = start;
    while (from !== undefined && !this.#run.signal.aborted) {
      const page: { rows: Row[]; resume?: Buffer } = await services.store.meta.scan({ from, to, limit: PAGE_ROWS });
      for (const row of page.rows) {
        if (unpackTouched(row.value) <= this.#run.midnightMs) await this.#walkKey(rules, row);
      }
      from = page.resume;
    }
  }

  async #walkKey(rules: readonly CompiledRule[], touched: Row): Promise<void> {
    const { bucket, pool } = this.#walk;
    const key = touchedObjectKey(touched.key);
    const { id, versioning } = bucket.record;
    const object = currentKey(id, key);
    const version = versionsOfKey(id, key);
    const ranges: [Space, Buffer, Buffer][] = [['objects', object, Buffer.concat([object, Buffer.of(0)])]];
    if (versioning !== 'unset') ranges.push(['versions', version, afterPrefix(version)]);
    let dueMs = Number.POSITIVE_INFINITY;
    for (const [space, from, to] of ranges) {
      const walker = walkerOf(this.#walk, space, rules);
      await this.#walkWhole(walker, from, to);
      await walker.end();
      await pool.drain();
      dueMs = Math.min(dueMs, walker.dueMs());
    }
    const checks = [{ key: touched.key, version: touched.version }];
    if (dueMs === Number.POSITIVE_INFINITY) await this.#commit({ checks, deletes: [touched.key] });
    else await this.#commit({ checks, puts: [{ key: touched.key, value: packTouched(this.#later(dueMs)) }] });
  }

  /** Not before the next midnight: this one has been. */
  #later(dueMs: number): number {
    return Math.max(dueMs, this.#run.midnightMs + this.#run.calendar.dayMs);
  }

  async #walkWhole(walker: Walker, start: Buffer, to: Buffer): Promise<void> {
    let from: Buffer | undefined = start;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await this.#walk.services.store.meta.scan({
        from,
        to,
        limit: PAGE_ROWS,
      });
      for (const row of page.rows) {
        this.#walk.tally.rows += 1;
        await walker.row(row);
      }
      from = page.resume;
    }
  }
}

function isIn(segment: Segment, zone: Zone): boolean {
  return zone.from.compare(segment.from) >= 0 && zone.from.compare(segment.to) < 0;
}
