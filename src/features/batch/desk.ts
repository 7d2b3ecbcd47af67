/** Batch jobs as accounts make, see and change them. Source: spec/buckets.md §29. */
import { randomBytes } from 'node:crypto';
import type { SignedIdentity } from '../../access/identity.ts';
import { CosError } from '../../errors/cos-error.ts';
import { attempt } from '../../model/attempt.ts';
import { afterPrefix, stampBytes } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import { keySuccessor } from '../../store/bytes.ts';
import type { Row } from '../../store/meta-store.ts';
import { type BatchJob, isEnded, type JobRequest, type JobStatus, packBatchJob, unpackBatchJob } from './record.ts';
import { jobKey, jobPrefix, reportRange, tokenKey, unfinishedKey, unfinishedPrefix } from './rows.ts';

/** Unfinished jobs of an account. */
const MOST_UNFINISHED = 1_000;
/** Finished ones can be asked for so long, ms. */
const KEPT_MS = 90 * 24 * 3_600_000;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export interface JobPage {
  readonly jobs: readonly BatchJob[];
  /** Id of the last job, where more follow. */
  readonly next: string | undefined;
}

/** Shared by those who make jobs and the work that carries them out. */
export class BatchDesk {
  readonly #services: Services;
  readonly #most: number;
  /** Told that there is something to do. */
  onChange: () => void = () => undefined;

  constructor(services: Services, mostUnfinished = MOST_UNFINISHED) {
    this.#services = services;
    this.#most = mostUnfinished;
  }

  /** @returns the id @throws CosError InvalidRequest for a token that was used, TooManyJobs, PathConflict */
  async create({ appid, ownerUin, uin }: SignedIdentity, request: JobRequest, priority: number): Promise<string> {
    const services = this.#services;
    const { meta } = services.store;
    await this.#forgetOld(appid);
    const id = newId(services.ids.versionStamp());
    const token = tokenKey(appid, request.token);
    const job: BatchJob = {
      ...{ id, appid, ownerUin, creatorUin: uin, createdMs: services.clock.nowMs(), request, priority },
      ...{ status: 'New', statusReason: '', suspendedMs: undefined, endedMs: undefined, total: undefined },
      ...{ succeeded: 0, failed: 0, reportRows: 0, failure: undefined },
    };
    await attempt(services, async () => {
      const [used] = await meta.get([token]);
      if (used !== undefined) {
        throw new CosError('InvalidRequest', { message: 'A job with this ClientRequestToken was created before.' });
      }
      const from = unfinishedPrefix(appid);
      const { rows } = await meta.scan({ from, to: afterPrefix(from), limit: this.#most });
      if (rows.length >= this.#most) throw new CosError('TooManyJobs');
      return {
        commit: {
          checks: [{ key: token, version: 0 }],
          puts: [
            { key: token, value: Buffer.from(id, 'latin1') },
            { key: jobKey(appid, id), value: packBatchJob(job) },
            { key: unfinishedKey(appid, id), value: Buffer.alloc(0) },
          ],
        },
        result: undefined,
      };
    });
    this.onChange();
    return id;
  }

  /** @throws CosError NoSuchJob */
  async find(appid: string, id: string): Promise<BatchJob> {
    const [row] = ID.test(id) ? await this.#services.store.meta.get([jobKey(appid, id)]) : [];
    if (row === undefined) throw new CosError('NoSuchJob');
    return unpackBatchJob(row.value);
  }

  /** In the order of their making. @param after id of a job @throws CosError InvalidArgument */
  async list(
    appid: string,
    limit: number,
    after: string | undefined,
    statuses: ReadonlySet<JobStatus> | undefined,
  ): Promise<JobPage> {
    if (after !== undefined && !ID.test(after)) {
      throw new CosError('InvalidArgument', { message: 'nextToken is not one that was given.' });
    }
    const prefix = jobPrefix(appid);
    let from: Buffer | undefined = after === undefined ? prefix : keySuccessor(jobKey(appid, after));
    const jobs: BatchJob[] = [];
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await this.#services.store.meta.scan({
        ...{ from, to: afterPrefix(prefix), limit: 500 },
      });
      for (const { value } of page.rows) {
        const job = unpackBatchJob(value);
        if (statuses !== undefined && !statuses.has(job.status)) continue;
        if (jobs.length === limit) return { jobs, next: jobs.at(-1)?.id };
        jobs.push(job);
      }
      from = page.resume;
    }
    return { jobs, next: undefined };
  }

  /** @throws CosError NoSuchJob, InvalidRequest for a finished one, PathConflict */
  setPriority(appid: string, id: string, priority: number): Promise<BatchJob> {
    return this.#change(appid, id, (job) => {
      if (isEnded(job)) throw new CosError('InvalidRequest', { message: 'The job is finished.' });
      return { ...job, priority };
    });
  }

  /** @throws CosError NoSuchJob, InvalidRequest for a finished job or a step that it cannot take, PathConflict */
  setStatus(appid: string, id: string, wanted: 'Ready' | 'Cancelled', statusReason: string): Promise<BatchJob> {
    return this.#change(appid, id, (job) => {
      const { status } = job;
      if (wanted === 'Ready') {
        if (status !== 'Suspended') throw new CosError('InvalidRequest', { message: `The job is ${status}.` });
        return { ...job, status: 'Ready', statusReason, suspendedMs: undefined };
      }
      const isEnding = status === 'Completing' || status === 'Failing' || status === 'Cancelling';
      if (isEnded(job) || isEnding) throw new CosError('InvalidRequest', { message: `The job is ${status}.` });
      return { ...job, status: 'Cancelling', statusReason };
    });
  }

  /** @throws CosError NoSuchJob, InvalidRequest for an unfinished one */
  async remove(appid: string, id: string): Promise<void> {
    const job = await this.find(appid, id);
    if (!isEnded(job)) throw new CosError('InvalidRequest', { message: `The job is ${job.status}: cancel it first.` });
    await this.#forget(job);
  }

  async #change(appid: string, id: string, change: (job: BatchJob) => BatchJob): Promise<BatchJob> {
    const { meta } = this.#services.store;
    const changed = await attempt(this.#services, async () => {
      const [row] = ID.test(id) ? await meta.get([jobKey(appid, id)]) : [];
      if (row === undefined) throw new CosError('NoSuchJob');
      const result = change(unpackBatchJob(row.value));
      const put = { key: row.key, value: packBatchJob(result) };
      return { commit: { checks: [{ key: row.key, version: row.version }], puts: [put] }, result };
    });
    this.onChange();
    return changed;
  }

  async #forget({ appid, id, request }: BatchJob): Promise<void> {
    const { meta } = this.#services.store;
    await meta.commit({ deletes: [jobKey(appid, id), tokenKey(appid, request.token)] });
    await dropReport(this.#services, appid, id);
  }

  async #forgetOld(appid: string): Promise<void> {
    const from = jobPrefix(appid);
    const { rows } = await this.#services.store.meta.scan({ from, to: afterPrefix(from), limit: 20 });
    const before = this.#services.clock.nowMs() - KEPT_MS;
    for (const { value } of rows) {
      const job = unpackBatchJob(value);
      if (job.endedMs !== undefined && job.endedMs < before) await this.#forget(job);
    }
  }
}

/** Lines of a report that is written, or is for nobody. */
export async function dropReport({ store }: Services, appid: string, id: string): Promise<void> {
  const range = reportRange(appid, id);
  for (;;) {
    const { rows, resume } = await store.meta.scan({ ...range, limit: 90 });
    if (rows.length > 0) await store.meta.commit({ deletes: rows.map(({ key }) => key) });
    if (resume === undefined) return;
  }
}

/** Ids in the order of their making, in the form that COS has. @param stamp µs */
function newId(stamp: number): string {
  const hex = stampBytes(stamp).toString('hex').slice(2) + randomBytes(9).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
