/** Carries out the tasks that fetch URLs, and calls those who want to know. Source: spec/buckets.md §30. */
import { findBucket } from '../../model/buckets.ts';
import { afterPrefix } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import { isPublicAddress } from '../../platform/outbound/addresses.ts';
import { post } from '../../platform/outbound/post.ts';
import type { Row } from '../../store/meta-store.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import type { AttributesOf } from '../origin/pull.ts';
import type { FetchDesk } from './desk.ts';
import { type FetchOutcome, fetchInto } from './fetch.ts';
import { type FetchTask, packTask, partsOfWork, taskIdText, taskKey, tasksBefore, unpackTask, WORK } from './task.ts';

const AT_ONCE = 4;
const PAGE = 100;
const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = FIRST_PAUSE_MS * 4 ** MOST_ATTEMPTS;
/** How long the outcome of a task can be asked for, ms. */
const KEPT_MS = 7 * 24 * 3_600_000;
const MOST_ANSWER_BYTES = 64 * 1024;

/** What a row of work leads to. */
interface Work {
  readonly row: Row;
  readonly taskRow: Row;
  readonly task: FetchTask;
  readonly id: string;
}

export class FetchJob implements Job {
  readonly name = 'fetch-tasks';
  readonly description = 'Fetches URLs into buckets (offline origin-pull).';
  readonly #services: Services;
  readonly #desk: FetchDesk;
  readonly #attributesOf: AttributesOf;
  readonly #post: typeof post;

  constructor(services: Services, desk: FetchDesk, attributesOf: AttributesOf, send: typeof post = post) {
    this.#services = services;
    this.#desk = desk;
    this.#attributesOf = attributesOf;
    this.#post = send;
  }

  due(nowMs: number): number | undefined {
    const { dueMs } = this.#desk;
    // A clock that was set back must not make anything wait for longer.
    return dueMs === undefined ? undefined : Math.min(dueMs, nowMs + LONGEST_PAUSE_MS);
  }

  async run({ signal, progress }: JobContext): Promise<void> {
    const { meta } = this.#services.store;
    this.#desk.dueMs = undefined;
    let done = 0;
    try {
      let from: Buffer | undefined = WORK;
      while (from !== undefined && !signal.aborted) {
        const page: { rows: Row[]; resume?: Buffer } = await meta.scan({ from, to: afterPrefix(WORK), limit: PAGE });
        const rows = [...page.rows];
        const worker = async (): Promise<void> => {
          for (let row = rows.shift(); row !== undefined && !signal.aborted; row = rows.shift()) {
            if (await this.#carryOut(row, signal)) done += 1;
            progress(done);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, worker));
        from = page.resume;
      }
      if (signal.aborted) this.#desk.dueMs = 0;
    } catch (error) {
      this.#desk.dueMs = 0;
      throw error;
    }
  }

  /** @returns whether the task has nothing more to do */
  async #carryOut(row: Row, signal: AbortSignal): Promise<boolean> {
    const { meta } = this.#services.store;
    const { bucketId, id } = partsOfWork(row.key);
    const [taskRow] = await meta.get([taskKey(bucketId, id)]);
    if (taskRow === undefined) {
      await meta.commit({ deletes: [row.key] });
      return true;
    }
    const task = unpackTask(taskRow.value);
    const nowMs = this.#services.clock.nowMs();
    if (task.dueMs > nowMs && task.dueMs <= nowMs + LONGEST_PAUSE_MS) return this.#later(task.dueMs);
    const work = { row, taskRow, task, id: taskIdText(id) };
    return task.calling ? this.#call(work) : this.#fetch(work, signal);
  }

  async #fetch(work: Work, signal: AbortSignal): Promise<boolean> {
    const { row, task, id } = work;
    const services = this.#services;
    const { bucketId } = partsOfWork(row.key);
    const bucket = await findBucket(services, task.bucket);
    if (bucket === undefined || !bucket.record.id.equals(bucketId)) {
      await services.store.meta.commit({ deletes: [row.key, work.taskRow.key] });
      return true;
    }
    const { percents } = this.#desk;
    const fetching = {
      ...{ services, attributesOf: this.#attributesOf, signal },
      onPercent: (percent: number) => percents.set(id, percent),
    };
    const outcome = await fetchInto(fetching, bucket, task).finally(() => percents.delete(id));
    if (signal.aborted && outcome.kind === 'failed') return false;
    await this.#forgetOld(bucketId);
    const attempts = task.attempts + 1;
    if (outcome.kind === 'failed' && outcome.again && attempts < MOST_ATTEMPTS) {
      const dueMs = services.clock.nowMs() + pauseMs(attempts);
      await this.#write(work, { ...task, attempts, dueMs, message: outcome.message });
      return this.#later(dueMs);
    }
    return this.#end(work, outcome);
  }

  async #end(work: Work, outcome: FetchOutcome): Promise<boolean> {
    const { task } = work;
    const nowMs = this.#services.clock.nowMs();
    const failed = outcome.kind === 'failed';
    const ended: FetchTask = {
      ...task,
      status: failed ? 'failed' : 'done',
      code: failed ? outcome.code : 'Success',
      message: failed ? outcome.message : outcome.kind === 'kept' ? 'An object of that key was there and stays.' : '',
      ...{ attempts: 0, dueMs: nowMs, endedMs: nowMs },
      calling: (failed ? task.failureUrl : task.successUrl) !== undefined,
    };
    await this.#write(work, ended);
    return ended.calling ? this.#later(nowMs) : true;
  }

  async #call(work: Work): Promise<boolean> {
    const { task } = work;
    const url = task.status === 'failed' ? task.failureUrl : task.successUrl;
    const { privateAddresses, timeoutMs } = this.#services.settings.callbacks;
    const told = await this.#post({
      url: new URL(url!),
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(callbackBody(work))),
      timeoutMs,
      maxAnswerBytes: MOST_ANSWER_BYTES,
      mayConnect: (address) => privateAddresses || isPublicAddress(address),
    }).then(
      ({ status }) => status >= 200 && status < 300,
      () => false,
    );
    const attempts = task.attempts + 1;
    if (told || attempts >= MOST_ATTEMPTS) {
      await this.#write(work, { ...task, attempts, calling: false });
      return true;
    }
    const dueMs = this.#services.clock.nowMs() + pauseMs(attempts);
    await this.#write(work, { ...task, attempts, dueMs });
    return this.#later(dueMs);
  }

  async #write({ row, taskRow }: Work, task: FetchTask): Promise<void> {
    const ended = task.status !== 'waiting' && !task.calling;
    await this.#services.store.meta.commit({
      checks: [{ key: taskRow.key, version: taskRow.version }],
      puts: [{ key: taskRow.key, value: packTask(task) }],
      ...(ended ? { deletes: [row.key] } : {}),
    });
  }

  /** Outcomes nobody can want any more. */
  async #forgetOld(bucketId: Buffer): Promise<void> {
    const { clock, store } = this.#services;
    const stamp = Math.max(0, (clock.nowMs() - KEPT_MS) * 1_000);
    const { rows } = await store.meta.scan({ ...tasksBefore(bucketId, stamp), limit: 50 });
    const old = rows.filter(({ value }) => unpackTask(value).endedMs !== undefined);
    if (old.length > 0) await store.meta.commit({ deletes: old.map(({ key }) => key) });
  }

  #later(ms: number): false {
    this.#desk.dueMs = Math.min(this.#desk.dueMs ?? Number.POSITIVE_INFINITY, ms);
    return false;
  }
}

function pauseMs(attempts: number): number {
  return FIRST_PAUSE_MS * 4 ** (attempts - 1);
}

function callbackBody({ task, id }: Work) {
  const { bucket, key, url, status, code, message } = task;
  return { taskid: id, status: status === 'done' ? 'TASK_DONE' : 'TASK_FAILED', code, message, bucket, key, url };
}
