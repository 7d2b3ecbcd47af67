/**
 * Delivers events at least once, those of one key in their order. What fails is tried again after a pause that grows;
 * count and pause are in the row, so that they outlive the process.
 */
import { bucketConfig } from '../../model/bucket-configs.ts';
import { findBucket } from '../../model/buckets.ts';
import { afterPrefix } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import { findVersion, readKeyState } from '../../model/versions.ts';
import { post } from '../../platform/outbound/post.ts';
import type { Row } from '../../store/meta-store.ts';
import type { Job, JobContext } from '../jobs/types.ts';
import { deliver, type Post } from './deliver.ts';
import type { NotedEvent } from './event.ts';
import {
  afterLane,
  bucketIdOf,
  laneOf,
  numberOf,
  OUTBOX,
  packWaiting,
  unpackWaiting,
  type WaitingEvent,
} from './outbox.ts';
import { BUCKET_NOTIFICATION, type NotificationRule } from './rules.ts';
import { openSecret, reportName } from './secrets.ts';

const PAGE = 200;
/** Keys of a rule whose events are on their way at once, and rules at once. */
const KEYS_AT_ONCE = 8;
const LANES_AT_ONCE = 8;
/** Rows a commit deletes. */
const BATCH = 90;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 10 * 60_000;
/** Looks at the rows all the same, ms: what was committed late is found. */
const LOOK_MS = 60_000;
const SEALED_ELSEWHERE = 'the secret of the rule was sealed with another secret.key: set the rule anew';

interface Pass {
  readonly nowMs: number;
  readonly signal: AbortSignal;
  delivered: number;
  failed: number;
  lost: number;
  waiting: number;
  nextMs: number;
}

interface Item {
  readonly row: Row;
  readonly waiting: WaitingEvent;
}

/** @param chance uniform in [0, 1): receivers that come back are not met by all at once */
export function pauseMs(attempts: number, chance: number): number {
  const pause = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(pause * (0.8 + 0.4 * chance));
}

export class NotificationJob implements Job {
  readonly name = 'notifications';
  readonly description = 'Tells the receivers that buckets name of changes of their objects.';
  readonly #services: Services;
  readonly #post: Post;
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(services: Services, send: Post = post) {
    this.#services = services;
    this.#post = send;
  }

  due(nowMs: number): number | undefined {
    if (nowMs < this.#lookedMs) return nowMs;
    return this.#services.notifications.due(nowMs, this.#lookedMs);
  }

  async run({ signal, progress }: JobContext): Promise<void> {
    const { clock, notifications: desk, store } = this.#services;
    const nowMs = clock.nowMs();
    this.#lookedMs = nowMs;
    const pass: Pass = { nowMs, signal, delivered: 0, failed: 0, lost: 0, waiting: 0, nextMs: nowMs + LOOK_MS };
    const lanes: Promise<void>[] = [];
    const running = new Set<Promise<void>>();
    let from: Buffer = OUTBOX;
    while (!signal.aborted) {
      const { rows } = await store.meta.scan({ from, to: afterPrefix(OUTBOX), limit: 1 });
      const [row] = rows;
      if (row === undefined) break;
      const lane = this.#lane(laneOf(row.key), pass).finally(() => running.delete(lane));
      running.add(lane);
      lanes.push(lane);
      if (running.size >= LANES_AT_ONCE) await Promise.race(running);
      progress(pass.delivered, undefined, noteOf(pass));
      from = afterLane(laneOf(row.key));
    }
    await Promise.all(lanes);
    progress(pass.delivered, undefined, noteOf(pass));
    if (signal.aborted) return;
    desk.nextMs = pass.nextMs;
    desk.waiting = pass.waiting;
  }

  async #lane(lane: Buffer, pass: Pass): Promise<void> {
    const { meta } = this.#services.store;
    /** Keys whose events wait for one that was before them. */
    const held = new Set<string>();
    let from: Buffer | undefined = lane;
    let rule: NotificationRule | undefined;
    let secret: Buffer | undefined;
    let stopped = false;
    while (from !== undefined && !pass.signal.aborted) {
      const page: { rows: Row[]; resume?: Buffer } = await meta.scan({ from, to: afterLane(lane), limit: PAGE });
      const items = page.rows.map((row) => ({ row, waiting: unpackWaiting(row.value) }));
      const [first] = items;
      if (first === undefined) return;
      if (rule === undefined) {
        rule = await this.#ruleOf(first);
        secret = rule && openSecret(this.#services, bucketIdOf(lane), rule);
        if (rule === undefined) return this.#drop(lane);
        stopped = secret === undefined;
        if (stopped) this.#tell(first, (before) => ({ ...before, lastError: SEALED_ELSEWHERE }));
      }
      const { notifications: desk } = this.#services;
      desk.floor = Math.max(desk.floor, numberOf(items.at(-1)!.row.key));
      const ready: Item[] = [];
      for (const item of items) {
        if (item.waiting.untilMs < pass.nowMs) await this.#giveUp(item, pass);
        else if (stopped || isHeld(item, held, pass)) this.#leave(item, pass);
        else ready.push(item);
      }
      if (ready.length > 0) {
        // Nobody there: the rest waits for the first of them.
        if (!(await this.#deliverAll(ready, rule, secret!, held, pass))) stopped = true;
      }
      from = page.resume;
    }
  }

  async #ruleOf({ row, waiting: { event } }: Item): Promise<NotificationRule | undefined> {
    const bucket = await findBucket(this.#services, event.bucket);
    if (bucket === undefined || !bucket.record.id.equals(bucketIdOf(row.key))) return undefined;
    const rules = (await bucketConfig(this.#services, bucket, BUCKET_NOTIFICATION)) ?? [];
    return rules.find(({ id }) => id === event.ruleId);
  }

  /** @returns whether one of them was delivered */
  async #deliverAll(
    items: readonly Item[],
    rule: NotificationRule,
    secret: Buffer,
    held: Set<string>,
    pass: Pass,
  ): Promise<boolean> {
    const byKey = new Map<string, Item[]>();
    for (const item of items) {
      // What is ahead of its time stands in no order.
      const key = item.waiting.ahead ? `\n${numberOf(item.row.key)}` : item.waiting.event.key;
      byKey.set(key, [...(byKey.get(key) ?? []), item]);
    }
    const queue = [...byKey.values()];
    let any = false;
    let failed = 0;
    const worker = async (): Promise<void> => {
      // Where nobody answers, the waits are not added up.
      while (any || failed < KEYS_AT_ONCE) {
        const chain = queue.shift();
        if (chain === undefined) return;
        if (await this.#chain(chain, rule, secret, held, pass)) any = true;
        else failed += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(KEYS_AT_ONCE, queue.length) }, worker));
    for (const item of queue.flat()) this.#leave(item, pass);
    return any;
  }

  /** Events of one key. @returns whether one of them was delivered */
  async #chain(
    items: readonly Item[],
    rule: NotificationRule,
    secret: Buffer,
    held: Set<string>,
    pass: Pass,
  ): Promise<boolean> {
    let any = false;
    for (const item of items) {
      const { event, ahead } = item.waiting;
      if (pass.signal.aborted || (!ahead && held.has(event.key))) {
        this.#leave(item, pass);
        continue;
      }
      if (ahead && !(await cameTrue(this.#services, event))) {
        await this.#remove(item);
        any = true;
        continue;
      }
      const failure = await deliver(this.#services, this.#post, rule, secret, event, numberOf(item.row.key));
      if (failure === undefined) {
        any = true;
        pass.delivered += 1;
        await this.#remove(item);
        this.#tell(item, (before) => ({ ...before, delivered: before.delivered + 1, failures: 0 }));
        continue;
      }
      if (!ahead) held.add(event.key);
      await this.#postpone(item, failure, pass);
    }
    return any;
  }

  async #postpone({ row, waiting }: Item, failure: string, pass: Pass): Promise<void> {
    const { clock, random, store } = this.#services;
    const attempts = waiting.attempts + 1;
    const later = { ...waiting, attempts, dueMs: clock.nowMs() + pauseMs(attempts, random()) };
    const check = { key: row.key, version: row.version };
    await store.meta.commit({ checks: [check], puts: [{ key: row.key, value: packWaiting(later) }] });
    pass.failed += 1;
    this.#tell({ row, waiting }, (before) => ({ ...before, failures: before.failures + 1, lastError: failure }));
    this.#leave({ row, waiting: later }, pass);
  }

  async #giveUp(item: Item, pass: Pass): Promise<void> {
    await this.#remove(item);
    pass.lost += 1;
    this.#tell(item, (before) => ({ ...before, lost: before.lost + 1 }));
  }

  #leave({ waiting: { dueMs } }: Item, pass: Pass): void {
    pass.waiting += 1;
    if (dueMs > pass.nowMs) pass.nextMs = Math.min(pass.nextMs, dueMs);
  }

  async #remove({ row }: Item): Promise<void> {
    await this.#services.store.meta.commit({ deletes: [row.key] });
  }

  #tell({ row, waiting }: Item, change: Parameters<Services['notifications']['tell']>[1]): void {
    this.#services.notifications.tell(reportName(bucketIdOf(row.key), waiting.event.ruleId), change);
  }

  /** The rule is no more: nobody is there to be told. */
  async #drop(lane: Buffer): Promise<void> {
    const { meta } = this.#services.store;
    for (;;) {
      const { rows, resume } = await meta.scan({ from: lane, to: afterLane(lane), limit: BATCH });
      if (rows.length > 0) await meta.commit({ deletes: rows.map(({ key }) => key) });
      if (resume === undefined) return;
    }
  }
}

/** Not due, or behind one of its key that is not. */
function isHeld({ waiting: { dueMs, ahead, event } }: Item, held: Set<string>, pass: Pass): boolean {
  if (!ahead && held.has(event.key)) return true;
  if (dueMs <= pass.nowMs) return false;
  if (!ahead) held.add(event.key);
  return true;
}

/** What was noted ahead of its time: the restore that was to end then is still the version's last one. */
async function cameTrue(services: Services, { bucket: name, key, versionId, atMs }: NotedEvent): Promise<boolean> {
  const bucket = await findBucket(services, name);
  if (bucket === undefined) return false;
  const state = await readKeyState(services, bucket, key);
  const version = versionId === '' ? state.current : await findVersion(services, state, versionId);
  return version?.record.attributes.extra?.restore?.readyMs === atMs;
}

function noteOf({ delivered, failed, lost, waiting }: Pass): string {
  return `${delivered} delivered, ${failed} failed, ${lost} given up, ${waiting} wait`;
}
