/** Where all background work is run and seen. It owns no timer: the server calls `tick`. */
import type { Clock } from '../../platform/clock.ts';
import type { Job, JobContext, JobState } from './types.ts';

/** Pause after a failed run, ms: doubled for each further failure up to the last. */
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 5 * 60_000;
const MAX_ERROR = 500;

interface Entry {
  readonly job: Job;
  state: Omit<JobState, 'name' | 'description' | 'nextMs'>;
  /** Not before this, after a failure. */
  notBeforeMs: number;
  /** Asked to run now. */
  asked: boolean;
  running: Promise<void> | undefined;
}

const FRESH: Entry['state'] = {
  running: false,
  done: 0,
  total: undefined,
  note: '',
  startedMs: undefined,
  endedMs: undefined,
  runs: 0,
  failures: 0,
  lastError: undefined,
};

export class JobBoard {
  readonly #clock: Clock;
  readonly #onError: (error: unknown, job: string) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #stop = new AbortController();

  constructor(clock: Clock, onError: (error: unknown, job: string) => void) {
    this.#clock = clock;
    this.#onError = onError;
  }

  add(job: Job): void {
    if (this.#entries.has(job.name)) throw new Error(`two jobs are called ${job.name}`);
    this.#entries.set(job.name, { job, state: FRESH, notBeforeMs: 0, asked: false, running: undefined });
  }

  /** Starts what is due and does not run yet. */
  tick(): void {
    if (this.#stop.signal.aborted) return;
    const nowMs = this.#clock.nowMs();
    for (const entry of this.#entries.values()) {
      if (entry.running !== undefined) continue;
      const dueMs = entry.job.due(nowMs);
      const due = dueMs !== undefined && dueMs <= nowMs && !isPaused(entry, nowMs);
      if (entry.asked || due) entry.running = this.#run(entry);
    }
  }

  /** @returns the end of the run; undefined when there is no such job */
  runNow(name: string): Promise<void> | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || this.#stop.signal.aborted) return undefined;
    if (entry.running === undefined) entry.running = this.#run(entry);
    // What was asked for while a run is under way may be of what that run has passed: one more follows.
    else entry.asked = true;
    return entry.running;
  }

  states(): JobState[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#entries.values()].map(({ job, state, notBeforeMs }) => {
      const dueMs = job.due(nowMs);
      const nextMs = dueMs === undefined ? undefined : Math.max(dueMs, notBeforeMs);
      return { name: job.name, description: job.description, ...state, nextMs };
    });
  }

  /** Waits for the safe points of what runs. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#entries.values()].map(({ running }) => running));
  }

  async #run(entry: Entry): Promise<void> {
    entry.asked = false;
    entry.state = {
      ...entry.state,
      running: true,
      done: 0,
      total: undefined,
      note: '',
      startedMs: this.#clock.nowMs(),
    };
    const context: JobContext = {
      signal: this.#stop.signal,
      progress: (done, total, note = '') => {
        entry.state = { ...entry.state, done, total, note };
      },
    };
    let lastError: string | undefined;
    try {
      await entry.job.run(context);
    } catch (error) {
      lastError = String(error instanceof Error ? error.message : error).slice(0, MAX_ERROR);
      this.#onError(error, entry.job.name);
    }
    const failures = lastError === undefined ? 0 : entry.state.failures + 1;
    const pauseMs = failures === 0 ? 0 : Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1));
    const endedMs = this.#clock.nowMs();
    entry.notBeforeMs = failures === 0 ? 0 : endedMs + pauseMs;
    entry.state = { ...entry.state, running: false, endedMs, runs: entry.state.runs + 1, failures, lastError };
    entry.running = undefined;
  }
}

/** No pause is longer than the last: a later end is of a clock that was set back since. */
function isPaused({ notBeforeMs }: Entry, nowMs: number): boolean {
  return nowMs < notBeforeMs && notBeforeMs <= nowMs + LAST_PAUSE_MS;
}
