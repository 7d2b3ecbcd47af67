/** Background work of the server: what has a name, a next time, progress and an end. */

export interface JobContext {
  /** Aborted when the server closes: the job ends at its next safe point, and goes on from there after the start. */
  readonly signal: AbortSignal;
  /** @param total undefined where it is not known @param note what it is at, for administrators */
  progress(done: number, total?: number, note?: string): void;
}

export interface Job {
  /** Letters, digits and hyphens: `lifecycle`, `replication` … */
  readonly name: string;
  /** One line for administrators. */
  readonly description: string;
  /**
   * When it wants to run, ms since the epoch; undefined: not until something happens. Asked often, so it has to be a
   * look at memory.
   */
  due(nowMs: number): number | undefined;
  /** One run. What it throws is shown as its last error, and it is due again after a pause. */
  run(context: JobContext): Promise<void>;
}

export interface JobState {
  readonly name: string;
  readonly description: string;
  readonly running: boolean;
  readonly done: number;
  readonly total: number | undefined;
  readonly note: string;
  /** ms since the epoch */
  readonly startedMs: number | undefined;
  readonly endedMs: number | undefined;
  readonly nextMs: number | undefined;
  /** Runs that have ended, and how many of them failed in a row up to now. */
  readonly runs: number;
  readonly failures: number;
  readonly lastError: string | undefined;
}
