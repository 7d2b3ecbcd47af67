/** Brings what rules of replication ask for to where it shall be. Source: spec/buckets.md §22. */
import type { Services } from '../../model/services.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import { Pool } from '../lifecycle/pool.ts';
import { type Lag, lagText, queueHeads, replicationLag } from './lag.ts';
import { parseOutboxKey } from './outbox.ts';
import { type QueueTally, walkQueue } from './queue.ts';
import { pauseAfter } from './settle.ts';
import { workOf } from './wake.ts';

/** Destinations at once. */
const QUEUES = 4;
/** A version is noted before it is committed: so long after a note there are further looks, ms. */
const LOOK_AGAIN_MS = 2_000;
/** The longest wait for a destination that is away, ms. */
const ABSENCE_MS = 30_000;
/** Between two looks that nobody asked for, ms. */
const IDLE_MS = 5_000;
/** Between two counts of what waits, ms. */
const COUNT_MS = 1_000;

/** A destination that takes nothing, at present. */
interface Absence {
  failures: number;
  /** Monotonic ms. */
  untilMs: number;
  reason: string;
}

export class ReplicationJob implements Job {
  readonly name = 'replication';
  readonly description = 'Brings new versions and delete markers to the destinations of the replication rules.';
  readonly #services: Services;
  readonly #concurrency: number;
  readonly #absences = new Map<string, Absence>();
  readonly #tally: QueueTally = { done: 0, failed: 0, later: 0 };
  /** Monotonic ms. */
  #nextMs = Number.NEGATIVE_INFINITY;
  #seen = 0;
  #lag: Lag = { queues: [], lagMs: 0, waiting: 0, more: false };
  #countedMs = Number.NEGATIVE_INFINITY;

  /** @param concurrency versions at once, for each destination */
  constructor(services: Services, concurrency: number) {
    this.#services = services;
    this.#concurrency = concurrency;
  }

  /** What has been done since the start of the process. */
  get tally(): Readonly<QueueTally> {
    return this.#tally;
  }

  /** As it was counted last, at most a few seconds ago. */
  get lag(): Lag {
    return this.#lag;
  }

  due(nowMs: number): number {
    const { noted, notedMs } = workOf(this.#services);
    const monotonicMs = this.#services.clock.monotonicMs();
    if (noted !== this.#seen || monotonicMs - notedMs < LOOK_AGAIN_MS) return nowMs;
    return this.#nextMs === Number.NEGATIVE_INFINITY ? nowMs : nowMs + this.#nextMs - monotonicMs;
  }

  async run({ signal, progress }: JobContext): Promise<void> {
    const { clock } = this.#services;
    const work = workOf(this.#services);
    const report = async (): Promise<void> => {
      this.#countedMs = clock.monotonicMs();
      this.#lag = await replicationLag(this.#services);
      progress(this.#tally.done + this.#tally.failed, undefined, this.#note());
    };
    await report();
    let nextMs: number | undefined;
    do {
      this.#seen = work.noted;
      nextMs = await this.#walkAll(signal, () => {
        if (clock.monotonicMs() - this.#countedMs < COUNT_MS) return;
        this.#countedMs = clock.monotonicMs();
        void report().catch(() => undefined);
      });
    } while (work.noted !== this.#seen && !signal.aborted);
    await report();
    this.#nextMs = Math.min(nextMs ?? Number.POSITIVE_INFINITY, clock.monotonicMs() + IDLE_MS);
  }

  #note(): string {
    const { done, failed, later } = this.#tally;
    const away = [...this.#absences.values()].map(({ reason }) => reason);
    const text = `${lagText(this.#lag)}; ${done} replicated, ${failed} failed, ${later} postponed`;
    return away.length === 0 ? text : `${text}; waits for ${away.length} destinations: ${away[0]}`;
  }

  /** @returns when something that waits may be tried again, monotonic ms */
  async #walkAll(signal: AbortSignal, onProgress: () => void): Promise<number | undefined> {
    const pool = new Pool(QUEUES);
    const due: number[] = [];
    try {
      for await (const { key } of queueHeads(this.#services)) {
        if (signal.aborted) break;
        const { queue } = parseOutboxKey(key);
        const absence = this.#absences.get(queue.toString('latin1'));
        if (absence !== undefined && absence.untilMs > this.#services.clock.monotonicMs()) {
          due.push(absence.untilMs);
          continue;
        }
        await pool.add(async () => {
          const nextMs = await this.#walkOne(queue, signal, onProgress);
          if (nextMs !== undefined) due.push(nextMs);
        });
      }
    } finally {
      await pool.drain();
    }
    return due.length === 0 ? undefined : Math.min(...due);
  }

  async #walkOne(queue: Buffer, signal: AbortSignal, onProgress: () => void): Promise<number | undefined> {
    const name = queue.toString('latin1');
    const { clock } = this.#services;
    const options = { concurrency: this.#concurrency, signal, tally: this.#tally, onProgress };
    for (;;) {
      const { settled, away, nextMs } = await walkQueue(this.#services, queue, options);
      if (signal.aborted) return undefined;
      if (away !== undefined) {
        // What got through shows that it comes and goes.
        const failures = settled > 0 ? 1 : (this.#absences.get(name)?.failures ?? 0) + 1;
        const untilMs = clock.monotonicMs() + Math.min(ABSENCE_MS, pauseAfter(failures));
        this.#absences.set(name, { failures, untilMs, reason: away });
        return untilMs;
      }
      this.#absences.delete(name);
      // What came or waited meanwhile is for one more walk.
      if (settled === 0) return nextMs === undefined ? undefined : clock.monotonicMs() + nextMs - clock.nowMs();
    }
  }
}
