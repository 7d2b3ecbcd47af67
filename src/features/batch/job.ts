/**
 * Carries batch jobs out: the one of highest priority first, a bundle of tasks at a time. How far a job is stands in its
 * row with the lines of its report, so that after a crash at most one bundle is done again. Source: spec/buckets.md §29.
 */
import type { SignedIdentity } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { attempt } from '../../model/attempt.ts';
import { afterPrefix } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import type { Put, Row } from '../../store/meta-store.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import { type BatchDesk, dropReport } from './desk.ts';
import { type BatchTask, type OpenObject, tasksOf } from './manifest.ts';
import { type BatchJob, isEnded, isRunnable, packBatchJob, unpackBatchJob } from './record.ts';
import { type ReportFile, reportFiles, reportLine, reportPieces } from './report.ts';
import { jobKey, jobKeyOf, reportKey, UNFINISHED, unfinishedKey } from './rows.ts';

export interface TaskOutcome {
  /** HTTP status of the operation. */
  readonly status: number;
  /** '' where it succeeded. */
  readonly code: string;
  readonly message: string;
}

/** What jobs need of the operations, all with the rights of whoever made the job. */
export interface BatchPorts {
  /** As it is now; undefined: it is no more. */
  creatorOf(job: BatchJob): SignedIdentity | undefined;
  openObject(creator: SignedIdentity): OpenObject;
  /** @param again the task may have been done before. Never throws but for faults of ours. */
  runTask(creator: SignedIdentity, job: BatchJob, task: BatchTask, again: boolean): Promise<TaskOutcome>;
  /** @throws CosError */
  putReport(creator: SignedIdentity, bucket: string, file: ReportFile): Promise<void>;
}

const BUNDLE = 64;
const AT_ONCE = 8;
/** From so many tasks on a job is given up when over half of them failed. */
const JUDGED_FROM = 1_000;
/** Looks for jobs all the same, ms. */
const LOOK_MS = 60_000;

/** Where the manifest of a job is being read. */
interface Reading {
  readonly id: string;
  readonly tasks: AsyncGenerator<BatchTask>;
  /** Tasks that were taken from it. */
  at: number;
}

export class BatchJobs implements Job {
  readonly name = 'batch';
  readonly description = 'Carries out batch jobs: copies, restores and tags the objects that manifests name.';
  readonly #services: Services;
  readonly #ports: BatchPorts;
  #dueMs = 0;
  #reading: Reading | undefined;
  /** Where a bundle of a job ended in this process: nothing behind it was begun. */
  readonly #clean = new Map<string, number>();

  constructor(services: Services, desk: BatchDesk, ports: BatchPorts) {
    this.#services = services;
    this.#ports = ports;
    desk.onChange = () => {
      this.#dueMs = 0;
    };
  }

  due(nowMs: number): number {
    return Math.min(this.#dueMs, nowMs + LOOK_MS);
  }

  async run({ signal, progress }: JobContext): Promise<void> {
    this.#dueMs = this.#services.clock.nowMs() + LOOK_MS;
    try {
      while (!signal.aborted) {
        const job = await this.#next();
        if (job === undefined) break;
        progress(job.succeeded + job.failed, job.total, `${job.id}: ${job.status}`);
        await this.#step(job, signal);
      }
      if (signal.aborted) this.#dueMs = 0;
    } catch (error) {
      this.#dueMs = 0;
      throw error;
    } finally {
      await this.#close();
    }
  }

  /** The one of highest priority that can go on; of equals, the oldest. */
  async #next(): Promise<BatchJob | undefined> {
    const { meta } = this.#services.store;
    let found: BatchJob | undefined;
    let from: Buffer | undefined = UNFINISHED;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await meta.scan({ from, to: afterPrefix(UNFINISHED), limit: 500 });
      for (const row of await meta.get(page.rows.map(({ key }) => jobKeyOf(key)))) {
        const job = row && unpackBatchJob(row.value);
        if (job === undefined || !isRunnable(job)) continue;
        const isBetter = found === undefined || job.priority > found.priority;
        if (isBetter || (job.priority === found?.priority && job.createdMs < found.createdMs)) found = job;
      }
      from = page.resume;
    }
    return found;
  }

  async #step(job: BatchJob, signal: AbortSignal): Promise<void> {
    const creator = this.#ports.creatorOf(job);
    if (creator === undefined && job.status !== 'Failing' && job.status !== 'Cancelling') {
      return this.#fail(job, 'AccessDenied', 'Whoever made the job is no more, or is disabled.');
    }
    switch (job.status) {
      case 'New':
        return this.#move(job, (now) => ({ ...now, status: 'Preparing' }));
      case 'Preparing':
        return this.#prepare(job, creator!, signal);
      case 'Ready':
        await this.#move(job, (now) => ({ ...now, status: 'Active' }));
        this.#clean.set(job.id, job.succeeded + job.failed);
        return;
      case 'Active':
        return this.#work(job, creator!, signal);
      default:
        return this.#finish(job, creator);
    }
  }

  /** Changes a job that is still in the state it was seen in. @param puts go with it */
  async #move(seen: BatchJob, change: (now: BatchJob) => BatchJob, puts: readonly Put[] = []): Promise<void> {
    const { meta } = this.#services.store;
    const key = jobKey(seen.appid, seen.id);
    await attempt(this.#services, async () => {
      const [row] = await meta.get([key]);
      if (row === undefined) return { result: undefined };
      const now = unpackBatchJob(row.value);
      const changed = now.status === seen.status ? change(now) : keepWork(now, change(now));
      const ended = isEnded(changed);
      return {
        commit: {
          checks: [{ key, version: row.version }],
          puts: [{ key, value: packBatchJob(changed) }, ...puts],
          deletes: ended ? [unfinishedKey(seen.appid, seen.id)] : [],
        },
        result: undefined,
      };
    });
  }

  async #fail(job: BatchJob, code: string, reason: string): Promise<void> {
    await this.#move(job, (now) => ({ ...now, status: 'Failing', failure: { code, reason } }));
  }

  /** Counts the tasks: a manifest that cannot be read is known before anything is done. */
  async #prepare(job: BatchJob, creator: SignedIdentity, signal: AbortSignal): Promise<void> {
    let total = 0;
    try {
      for await (const _ of tasksOf(job.request.manifest, this.#ports.openObject(creator))) {
        total += 1;
        if (signal.aborted) return;
      }
    } catch (error) {
      if (!(error instanceof CosError)) throw error;
      return this.#fail(job, error.code, error.message);
    }
    const nowMs = this.#services.clock.nowMs();
    await this.#move(job, (now) =>
      now.request.confirmationRequired
        ? { ...now, total, status: 'Suspended', suspendedMs: nowMs }
        : { ...now, total, status: 'Ready' },
    );
  }

  async #work(job: BatchJob, creator: SignedIdentity, signal: AbortSignal): Promise<void> {
    let bundle: BatchTask[];
    let again: boolean;
    try {
      ({ bundle, again } = await this.#bundle(job, creator));
    } catch (error) {
      await this.#close();
      if (!(error instanceof CosError)) throw error;
      return this.#fail(job, error.code, error.message);
    }
    const outcomes: (TaskOutcome | undefined)[] = bundle.map(() => undefined);
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < bundle.length && !signal.aborted; at = next++) {
        outcomes[at] = await this.#ports.runTask(creator, job, bundle[at]!, again);
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, bundle.length) }, worker));
    // What was not come to is done from here after the start.
    const undone = outcomes.indexOf(undefined);
    const count = undone === -1 ? bundle.length : undone;
    await this.#note(job, bundle.slice(0, count), outcomes, bundle.length);
  }

  async #note(
    job: BatchJob,
    tasks: readonly BatchTask[],
    outcomes: readonly (TaskOutcome | undefined)[],
    asked: number,
  ): Promise<void> {
    const { report } = job.request;
    let failed = 0;
    const lines: string[] = [];
    for (const [at, task] of tasks.entries()) {
      const outcome = outcomes[at]!;
      if (outcome.code !== '') failed += 1;
      if (report !== undefined && !(report.failedOnly && outcome.code === '')) lines.push(reportLine(task, outcome));
    }
    const pieces = reportPieces(lines);
    const puts = pieces.map((value, at) => ({ key: reportKey(job.appid, job.id, job.reportRows + at), value }));
    const finished = asked < BUNDLE && tasks.length === asked;
    await this.#move(
      job,
      (now) => {
        const worked = {
          ...now,
          succeeded: now.succeeded + tasks.length - failed,
          failed: now.failed + failed,
          reportRows: now.reportRows + pieces.length,
        };
        if (isHopeless(worked)) {
          const reason = 'More than half of the tasks failed.';
          return { ...worked, status: 'Failing', failure: { code: 'InvalidRequest', reason } };
        }
        return finished ? { ...worked, status: 'Completing' } : worked;
      },
      puts,
    );
    this.#clean.set(job.id, job.succeeded + job.failed + tasks.length);
    if (finished) this.#clean.delete(job.id);
  }

  /** The next tasks of a job. @returns again: they may have been done before a crash */
  async #bundle(job: BatchJob, creator: SignedIdentity): Promise<{ bundle: BatchTask[]; again: boolean }> {
    const at = job.succeeded + job.failed;
    const again = this.#clean.get(job.id) !== at;
    if (this.#reading?.id !== job.id || this.#reading.at !== at) {
      await this.#close();
      this.#reading = { id: job.id, tasks: tasksOf(job.request.manifest, this.#ports.openObject(creator)), at: 0 };
      while (this.#reading.at < at) {
        if ((await this.#reading.tasks.next()).done === true) break;
        this.#reading.at += 1;
      }
    }
    const bundle: BatchTask[] = [];
    while (bundle.length < BUNDLE) {
      const next = await this.#reading.tasks.next();
      if (next.done === true) break;
      bundle.push(next.value);
      this.#reading.at += 1;
    }
    return { bundle, again };
  }

  async #close(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    await reading?.tasks.return(undefined);
  }

  /** Writes the report of what was done, then the end. */
  async #finish(job: BatchJob, creator: SignedIdentity | undefined): Promise<void> {
    const { report } = job.request;
    const status = job.status === 'Completing' ? 'Complete' : job.status === 'Failing' ? 'Failed' : 'Cancelled';
    let failure = job.failure;
    if (report !== undefined && creator !== undefined && job.total !== undefined) {
      try {
        for await (const file of reportFiles(this.#services, job, report)) {
          await this.#ports.putReport(creator, report.bucket, file);
        }
      } catch (error) {
        if (!(error instanceof CosError)) throw error;
        failure ??= { code: error.code, reason: `The report cannot be written: ${error.message}` };
      }
    }
    const endedMs = this.#services.clock.nowMs();
    const end = failure !== undefined && status === 'Complete' ? 'Failed' : status;
    await this.#move(job, (now) => ({ ...now, status: end, endedMs, failure, reportRows: 0 }));
    await dropReport(this.#services, job.appid, job.id);
  }
}

/** The state was changed by somebody else meanwhile: it stands, but what was done was done. */
function keepWork(now: BatchJob, changed: BatchJob): BatchJob {
  const { succeeded, failed, reportRows } = changed;
  return { ...now, succeeded, failed, reportRows };
}

function isHopeless({ succeeded, failed }: BatchJob): boolean {
  return succeeded + failed >= JUDGED_FROM && failed * 2 > succeeded + failed;
}
