/** Carries out the pulls that follow a redirection. Source: spec/buckets.md §18 "Proxy". */
import { CosError } from '../../errors/cos-error.ts';
import { type BucketEntry, loadBucket } from '../../model/buckets.ts';
import { afterPrefix, objectKeyOf } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import type { Row, ScanResult } from '../../store/meta-store.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import { pullAndStore } from './keep.ts';
import type { AttributesOf } from './pull.ts';
import { packPull, QUEUE_FROM, type QueuedPull, unpackPull } from './queue.ts';

const AT_ONCE = 4;
const PAGE = 100;
/** A pull that fails so often is given up: the next request for the object starts anew. */
const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = FIRST_PAUSE_MS * 2 ** MOST_ATTEMPTS;

export class OriginJob implements Job {
  readonly name = 'origin-pull';
  readonly description = 'Pulls the objects whose readers were sent on to an origin.';
  readonly #services: Services;
  readonly #attributesOf: AttributesOf;
  /** When a row that is known may be carried out; at the start there may be some. ms */
  #dueMs: number | undefined = 0;

  constructor(services: Services, attributesOf: AttributesOf) {
    this.#services = services;
    this.#attributesOf = attributesOf;
    services.origin.onQueued = () => {
      this.#dueMs = 0;
    };
  }

  due(nowMs: number): number | undefined {
    // A clock that was set back must not make anything wait for longer.
    return this.#dueMs === undefined ? undefined : Math.min(this.#dueMs, nowMs + LONGEST_PAUSE_MS);
  }

  async run({ signal, progress }: JobContext): Promise<void> {
    const { meta } = this.#services.store;
    this.#dueMs = undefined;
    let from: Buffer | undefined = QUEUE_FROM;
    let done = 0;
    let left = 0;
    try {
      while (from !== undefined && !signal.aborted) {
        const page: ScanResult = await meta.scan({ from, to: afterPrefix(QUEUE_FROM), limit: PAGE });
        const rows = [...page.rows];
        const worker = async (): Promise<void> => {
          for (let row = rows.shift(); row !== undefined && !signal.aborted; row = rows.shift()) {
            if (await this.#carryOut(row)) done += 1;
            else left += 1;
            progress(done, undefined, left === 0 ? '' : `${left} to be tried again`);
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, worker));
        from = page.resume;
      }
      this.#services.origin.queued = left;
    } catch (error) {
      this.#dueMs = 0;
      throw error;
    }
  }

  /** @returns whether its row is gone */
  async #carryOut(row: Row): Promise<boolean> {
    const services = this.#services;
    const queued = unpackPull(row.value);
    const nowMs = services.clock.nowMs();
    if (queued.notBeforeMs > nowMs && queued.notBeforeMs <= nowMs + LONGEST_PAUSE_MS) {
      return this.#later(queued.notBeforeMs);
    }
    const key = objectKeyOf(row.key);
    const bucket = await bucketOfRow(services, row, queued);
    const outcome = bucket === undefined ? 'void' : await this.#pull(bucket, key, queued);
    if (services.origin.signal.aborted) return false;
    const attempts = queued.attempts + 1;
    const change = { checks: [{ key: row.key, version: row.version }] };
    if (outcome === 'busy') return this.#later(nowMs + FIRST_PAUSE_MS);
    if (outcome === 'failed' && attempts < MOST_ATTEMPTS) {
      const notBeforeMs = nowMs + FIRST_PAUSE_MS * 2 ** queued.attempts;
      const value = packPull({ ...queued, attempts, notBeforeMs });
      await services.store.meta.commit({ ...change, puts: [{ key: row.key, value }] });
      return this.#later(notBeforeMs);
    }
    await services.store.meta.commit({ ...change, deletes: [row.key] });
    return true;
  }

  async #pull(bucket: BucketEntry, key: string, { plan }: QueuedPull): Promise<'done' | 'busy' | 'failed'> {
    try {
      const running = pullAndStore(this.#services, bucket, key, plan, this.#attributesOf);
      if (running === undefined) return 'busy';
      const outcome = await running;
      return outcome === 'other' ? 'failed' : 'done';
    } catch (error) {
      if (error instanceof CosError) return 'failed';
      throw error;
    }
  }

  #later(ms: number): false {
    this.#dueMs = Math.min(this.#dueMs ?? Number.POSITIVE_INFINITY, ms);
    return false;
  }
}

/** undefined where the bucket is gone: its rows go as well. */
async function bucketOfRow(services: Services, row: Row, { bucket }: QueuedPull): Promise<BucketEntry | undefined> {
  try {
    const entry = await loadBucket(services, bucket);
    return row.key.subarray(1, 9).equals(entry.record.id) ? entry : undefined;
  } catch (error) {
    if (error instanceof CosError && error.code === 'NoSuchBucket') return undefined;
    throw error;
  }
}
