/** One bucket at one midnight: what its walkers share, and what they found. */
import { CosError } from '../../errors/cos-error.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import {
  expireCurrent,
  expireNoncurrent,
  type Judged,
  moveVersion,
  type Outcome,
  removeMarker,
} from '../../model/lifecycle-changes.ts';
import { abortUpload } from '../../model/multipart/upload.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import type { Services } from '../../model/services.ts';
import type { Moment, Verdict, VersionFacts } from './evaluate.ts';
import type { Pool } from './pool.ts';

export interface Tally {
  /** Rows of objects, versions and uploads that were read. */
  rows: number;
  zones: number;
  /** Not due, and so not read. */
  zonesSkipped: number;
  /** Versions that went, or got a delete marker. */
  expired: number;
  moved: number;
  markersRemoved: number;
  uploadsAborted: number;
  /** Were changed by somebody else meanwhile: looked at again at the next midnight. */
  changed: number;
}

export const emptyTally = (): Tally => ({
  rows: 0,
  zones: 0,
  zonesSkipped: 0,
  expired: 0,
  moved: 0,
  markersRemoved: 0,
  uploadsAborted: 0,
  changed: 0,
});

export interface Walk {
  readonly services: Services;
  readonly bucket: BucketEntry;
  readonly moment: Moment;
  readonly pool: Pool;
  readonly tally: Tally;
}

/** The rows of a range, one by one. */
export interface Walker {
  /** @returns true while the row stays where it is */
  row(row: Judged['row']): boolean | Promise<boolean>;
  /** Where the range may end before this row; undefined where it may not. */
  cutBefore(row: Judged['row']): Buffer | undefined;
  /** There are no more rows. */
  end(): void | Promise<void>;
  /** When one of the rows seen may be due next; known once all changes are made. ms since the epoch */
  dueMs(): number;
  /** When something may be due that is written from now on. ms since the epoch */
  readonly newcomersMs: number;
}

/** The earliest of midnights. */
export class Soonest {
  ms = Number.POSITIVE_INFINITY;

  add(ms: number): void {
    if (ms < this.ms) this.ms = ms;
  }
}

export function factsOf(key: string, record: ObjectRecord, sinceMs: number, newer = 0): VersionFacts {
  const { extra } = record.attributes;
  const lock = extra?.lock;
  return {
    key,
    kind: record.kind,
    size: record.size,
    sinceMs,
    storageClass: record.storageClass,
    tags: extra?.tags ?? [],
    newer,
    lockedUntilMs: lock === undefined ? 0 : lock.legalHold ? Number.POSITIVE_INFINITY : (lock.retainUntilMs ?? 0),
  };
}

/** Carries out a verdict on a version. @param soonest learns of what has to be looked at again */
export async function carryOut(
  walk: Walk,
  key: string,
  row: Judged['row'],
  noncurrent: boolean,
  verdict: Verdict,
  soonest: Soonest,
): Promise<void> {
  soonest.add(verdict.nextMs);
  if (verdict.action === 'none') return;
  const { services, bucket, pool, tally } = walk;
  const judged: Judged = { bucket, key, row };
  await pool.add(async () => {
    if (verdict.action === 'move') {
      const done = await outcomeOf(walk, soonest, () => moveVersion(services, judged, verdict.storageClass));
      if (done) tally.moved += 1;
    } else {
      const expire = noncurrent ? expireNoncurrent : expireCurrent;
      if (await outcomeOf(walk, soonest, () => expire(services, judged))) tally.expired += 1;
    }
  });
}

/** Takes the delete markers of a key away, the newest last. @param rows newest first */
export async function removeMarkers(walk: Walk, key: string, rows: readonly Judged['row'][], soonest: Soonest) {
  const { services, bucket, pool, tally } = walk;
  await pool.add(async () => {
    for (const row of [...rows].reverse()) {
      if (!(await outcomeOf(walk, soonest, () => removeMarker(services, { bucket, key, row })))) return;
      tally.markersRemoved += 1;
    }
  });
}

export async function abortOne(walk: Walk, key: string, uploadId: string, soonest: Soonest): Promise<void> {
  const { services, bucket, pool, tally } = walk;
  await pool.add(async () => {
    const aborted = await outcomeOf(walk, soonest, async () => {
      await abortUpload(services, bucket.record.id, key, uploadId);
      return 'done';
    });
    if (aborted) tally.uploadsAborted += 1;
  });
}

/** Refusals that say that somebody else has it in hand. */
const TAKEN: ReadonlySet<string> = new Set(['PathConflict', 'ObjectLocked', 'NoSuchUpload']);

async function outcomeOf({ moment, tally }: Walk, soonest: Soonest, work: () => Promise<Outcome>): Promise<boolean> {
  try {
    if ((await work()) === 'done') return true;
  } catch (error) {
    if (!(error instanceof CosError) || !TAKEN.has(error.code)) throw error;
  }
  tally.changed += 1;
  soonest.add(moment.midnightMs + moment.calendar.dayMs);
  return false;
}
