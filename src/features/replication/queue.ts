/**
 * One walk through what a destination has to get. Versions of one key go one after the other in their order; when one
 * has to wait, so do those behind it.
 */
import { afterPrefix } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import type { Row } from '../../store/meta-store.ts';
import { Pool } from '../lifecycle/pool.ts';
import { deliver } from './deliver.ts';
import { type OutboxEntry, type OutboxKey, parseOutboxKey, unpackOutbox } from './outbox.ts';
import { LAST_PAUSE_MS, MOST_ATTEMPTS, postpone, settle } from './settle.ts';

const PAGE = 256;
/** More keys that wait than this end the walk: they are remembered. */
const MOST_BLOCKED = 10_000;

export interface QueueTally {
  done: number;
  failed: number;
  later: number;
}

export interface WalkOptions {
  /** Versions at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly tally: QueueTally;
  /** Told after each version. */
  readonly onProgress: () => void;
}

export interface Walked {
  /** Rows that are settled. */
  readonly settled: number;
  /** Why the destination takes nothing now; undefined while it does. */
  readonly away: string | undefined;
  /** When the first of those that wait may be tried again, ms since the epoch. */
  readonly nextMs: number | undefined;
}

/** @param queue first bytes of its rows */
export async function walkQueue(services: Services, queue: Buffer, options: WalkOptions): Promise<Walked> {
  const walk = new Walk(services, options);
  const pool = new Pool(options.concurrency);
  try {
    let from: Buffer | undefined = queue;
    while (from !== undefined && !walk.over) {
      const page: { rows: Row[]; resume?: Buffer } = await services.store.meta.scan({
        from,
        to: afterPrefix(queue),
        limit: PAGE,
      });
      for (const row of page.rows) {
        if (walk.over) break;
        const work = walk.take(row);
        if (work !== undefined) await pool.add(work);
      }
      from = page.resume;
    }
  } finally {
    await pool.drain();
  }
  return { settled: walk.settled, away: walk.away, nextMs: walk.nextMs };
}

class Walk {
  settled = 0;
  away: string | undefined;
  nextMs: number | undefined;
  readonly #services: Services;
  readonly #options: WalkOptions;
  /** Keys that have to wait. */
  readonly #blocked = new Set<string>();
  /** The last version of each key that is under way: true once it is settled. */
  readonly #underWay = new Map<string, Promise<boolean>>();

  constructor(services: Services, options: WalkOptions) {
    this.#services = services;
    this.#options = options;
  }

  get over(): boolean {
    return this.away !== undefined || this.#options.signal.aborted || this.#blocked.size > MOST_BLOCKED;
  }

  /** @returns what to do with the row, to be started at once; undefined when it has to wait */
  take(row: Row): (() => Promise<void>) | undefined {
    const at = parseOutboxKey(row.key);
    if (this.#blocked.has(at.key)) return undefined;
    const entry = unpackOutbox(row.value);
    const waitMs = entry.notBeforeMs - this.#services.clock.nowMs();
    // A longer wait than there is means that the clock was set back.
    if (waitMs > 0 && waitMs <= LAST_PAUSE_MS) {
      this.#block(at.key, entry.notBeforeMs);
      return undefined;
    }
    const before = this.#underWay.get(at.key);
    let end: (settled: boolean) => void = () => undefined;
    const mine = new Promise<boolean>((resolve) => {
      end = resolve;
    });
    this.#underWay.set(at.key, mine);
    return async () => {
      let settled = false;
      try {
        settled = before === undefined || (await before) ? await this.#carryOut(row, at, entry) : false;
      } finally {
        if (this.#underWay.get(at.key) === mine) this.#underWay.delete(at.key);
        end(settled);
      }
    };
  }

  #block(key: string, untilMs: number): void {
    this.#blocked.add(key);
    this.nextMs = Math.min(this.nextMs ?? untilMs, untilMs);
  }

  async #carryOut(row: Row, at: OutboxKey, entry: OutboxEntry): Promise<boolean> {
    if (this.over) return false;
    const { signal, tally, onProgress } = this.#options;
    const settledBefore = this.settled;
    const delivery = await deliver(this.#services, at, entry, signal);
    let { outcome } = delivery;
    // What fails while others get through must not hold up all the rest for ever.
    if (outcome === 'away' && this.settled > settledBefore) outcome = 'later';
    if (outcome === 'away' || (outcome === 'later' && signal.aborted)) {
      this.away ??= 'reason' in delivery ? delivery.reason : '';
      return false;
    }
    if (outcome === 'later' && entry.attempts + 1 < MOST_ATTEMPTS) {
      tally.later += 1;
      this.#block(at.key, await postpone(this.#services, row, entry));
      onProgress();
      return false;
    }
    const failed = outcome === 'failed' || outcome === 'later';
    await settle(this.#services, row, at, entry, failed);
    this.settled += 1;
    if (failed) tally.failed += 1;
    else if (outcome === 'done') tally.done += 1;
    onProgress();
    return true;
  }
}
