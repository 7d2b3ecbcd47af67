/** Tasks that fetch URLs: taking them, telling how far they are. Source: spec/buckets.md §30. */
import { randomBytes } from 'node:crypto';
import { CosError } from '../../errors/cos-error.ts';
import { attempt } from '../../model/attempt.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import { afterPrefix } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import {
  type FetchTask,
  newTaskId,
  packTask,
  parseTaskId,
  taskIdText,
  taskKey,
  unpackTask,
  WORK,
  workKey,
} from './task.ts';

export type NewTask = Pick<FetchTask, 'url' | 'key' | 'md5' | 'keep' | 'successUrl' | 'failureUrl'>;

export interface ShownTask {
  readonly task: FetchTask;
  /** 0 to 100 */
  readonly percent: number;
}

/** Tasks of all buckets that have work to do. */
const MOST_WAITING = 10_000;

/** Shared by those who take tasks and the job that carries them out. */
export class FetchDesk {
  readonly #services: Services;
  readonly #most: number;
  /** Of tasks that are being fetched, by the id as text. */
  readonly percents = new Map<string, number>();
  /** When a task may have work to do, ms; at the start some may. */
  dueMs: number | undefined = 0;

  constructor(services: Services, mostWaiting = MOST_WAITING) {
    this.#services = services;
    this.#most = mostWaiting;
  }

  /** @returns the id @throws CosError SlowDown, NoSuchBucket, PathConflict */
  async create({ record }: BucketEntry, given: NewTask): Promise<string> {
    const services = this.#services;
    const { meta } = services.store;
    const waiting = await meta.scan({ from: WORK, to: afterPrefix(WORK), limit: this.#most });
    if (waiting.rows.length >= this.#most) {
      throw new CosError('SlowDown', {
        message: 'Too many tasks wait to be fetched.',
        facts: { retryAfterSeconds: 60 },
      });
    }
    const nowMs = services.clock.nowMs();
    const id = newTaskId(services.ids.versionStamp(), randomBytes(8));
    const task: FetchTask = {
      ...given,
      ...{ bucket: record.name, status: 'waiting', code: '', message: '', createdMs: nowMs, dueMs: nowMs },
      ...{ attempts: 0, calling: false, endedMs: undefined },
    };
    await attempt(services, async () => ({
      commit: {
        puts: [
          { key: taskKey(record.id, id), value: packTask(task) },
          { key: workKey(record.id, id), value: Buffer.alloc(0) },
        ],
      },
      result: undefined,
    }));
    this.dueMs = 0;
    return taskIdText(id);
  }

  /** @returns undefined where the bucket has no such task, or has it no more */
  async find({ record }: BucketEntry, text: string): Promise<ShownTask | undefined> {
    const id = parseTaskId(text);
    const [row] = id === undefined ? [] : await this.#services.store.meta.get([taskKey(record.id, id)]);
    if (row === undefined) return undefined;
    const task = unpackTask(row.value);
    return { task, percent: task.status === 'done' ? 100 : (this.percents.get(text) ?? 0) };
  }
}
