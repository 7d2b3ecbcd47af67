/** The lifecycle of all buckets, once for each midnight. Source: spec/buckets.md §12. */
import { hasConfig } from '../../model/bucket-configs.ts';
import { afterPrefix } from '../../model/keys.ts';
import { unpackBucket } from '../../model/records/bucket.ts';
import type { Services } from '../../model/services.ts';
import type { Row } from '../../store/meta-store.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import { BUCKET_LIFECYCLE } from './bucket-lifecycle.ts';
import { type Calendar, midnightBefore } from './calendar.ts';
import { runBucket } from './run-bucket.ts';
import { emptyTally, type Tally } from './walk.ts';

/** Clocks that are kept right go back by less, ms. */
const SET_BACK_MS = 60_000;
const ZONE_ROWS = 4_096;
/** Prefix of the rows of all buckets. */
const BUCKETS = Buffer.from('b');

export class LifecycleJob implements Job {
  readonly name = 'lifecycle';
  readonly description = 'Expires and moves objects by the lifecycle rules of their buckets, once after each midnight.';
  readonly #services: Services;
  readonly #calendar: Calendar;
  readonly #zoneRows: number;
  /** The midnight that has been carried out, since the process began. */
  #doneMs: number | undefined;
  #latestMs = Number.NEGATIVE_INFINITY;
  /** The clock was set back: what was written in between may be older than what was known before. */
  #distrust = false;
  #tally: Tally = emptyTally();

  /** @param zoneRows rows that are looked at together when one of them is due; smaller in tests */
  constructor(services: Services, calendar: Calendar, zoneRows = ZONE_ROWS) {
    this.#services = services;
    this.#calendar = calendar;
    this.#zoneRows = zoneRows;
  }

  /** What the last run, or the one under way, has done. */
  get tally(): Readonly<Tally> {
    return this.#tally;
  }

  due(nowMs: number): number {
    this.#notice(nowMs);
    const midnightMs = midnightBefore(this.#calendar, nowMs);
    return midnightMs === this.#doneMs ? midnightMs + this.#calendar.dayMs : midnightMs;
  }

  async run({ signal, progress }: JobContext): Promise<void> {
    const nowMs = this.#services.clock.nowMs();
    this.#notice(nowMs);
    const midnightMs = midnightBefore(this.#calendar, nowMs);
    const distrust = this.#distrust;
    this.#distrust = false;
    const tally = emptyTally();
    this.#tally = tally;
    let failed: { error: unknown } | undefined;
    for await (const name of this.#buckets()) {
      if (signal.aborted) return;
      const onProgress = (bucket: string) => progress(tally.rows, undefined, `${bucket}: ${noteOf(tally)}`);
      const basis = { services: this.#services, calendar: this.#calendar, zoneRows: this.#zoneRows };
      try {
        await runBucket({ ...basis, midnightMs, tally, signal, distrust, onProgress }, name);
      } catch (error) {
        // The others are not to wait for one that fails.
        failed ??= { error };
      }
    }
    if (failed !== undefined) {
      this.#distrust ||= distrust;
      throw failed.error;
    }
    if (signal.aborted) return;
    progress(tally.rows, undefined, noteOf(tally));
    this.#doneMs = midnightMs;
  }

  #notice(nowMs: number): void {
    if (nowMs < this.#latestMs - SET_BACK_MS) this.#distrust = true;
    if (nowMs < this.#latestMs - SET_BACK_MS || nowMs > this.#latestMs) this.#latestMs = nowMs;
  }

  /** Full names of the buckets that have rules. */
  async *#buckets(): AsyncGenerator<string> {
    let from: Buffer | undefined = BUCKETS;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await this.#services.store.meta.scan({
        from,
        to: afterPrefix(BUCKETS),
        limit: 1_000,
      });
      for (const row of page.rows) {
        const record = unpackBucket(row.value);
        if (hasConfig({ row, record }, BUCKET_LIFECYCLE)) yield record.name;
      }
      from = page.resume;
    }
  }
}

function noteOf({ expired, moved, markersRemoved, uploadsAborted }: Tally): string {
  return `${expired} expired, ${moved} moved, ${markersRemoved} markers removed, ${uploadsAborted} uploads aborted`;
}
