/** A store full of objects of many ages, its rules, and what the rules must make of it. */
import { createHash } from 'node:crypto';
import { BUCKET_LIFECYCLE } from '../../src/features/lifecycle/bucket-lifecycle.ts';
import { DAY_MS } from '../../src/features/lifecycle/calendar.ts';
import { naiveAction } from '../../src/features/lifecycle/harness.ts';
import { LifecycleJob } from '../../src/features/lifecycle/job.ts';
import type { LifecycleRule } from '../../src/features/lifecycle/rules.ts';
import { writeBucketConfig } from '../../src/model/bucket-configs.ts';
import { createBucket, loadBucket } from '../../src/model/buckets.ts';
import { afterPrefix, currentKey, objectKeyOfRow, versionPrefix } from '../../src/model/keys.ts';
import { withExtra } from '../../src/model/records/attributes.ts';
import { type ObjectRecord, unpackObject } from '../../src/model/records/object.ts';
import { createServices, type Services } from '../../src/model/services.ts';
import { type NewObject, publishObject } from '../../src/model/write-object.ts';
import { ManualClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { checked } from '../../src/store/checked.ts';
import { openLocalStore } from '../../src/store/local/index.ts';

/** When the rules are set: noon of GMT+8. */
export const START_MS = Date.UTC(2026, 9, 1, 4);
/** Objects are up to so old by then. */
const AGE_DAYS = 30;
const WRITES_AT_ONCE = 64;
export const PLAIN_BUCKET = 'plain-1250000000';
export const VERSIONED_BUCKET = 'versioned-1250000000';

const rule = (id: string, prefix: string, actions: LifecycleRule['actions'], tag?: string): LifecycleRule => ({
  id,
  filter: {
    and: tag !== undefined,
    conditions: [
      { kind: 'prefix', prefix },
      ...(tag === undefined ? [] : [{ kind: 'tag' as const, key: 'keep', value: tag }]),
    ],
  },
  enabled: true,
  actions,
  setMs: START_MS,
});

export const RULES: readonly LifecycleRule[] = [
  rule('logs', 'logs/', [{ kind: 'expiration', when: { days: 45 } }]),
  rule('cool', 'data/', [{ kind: 'transition', when: { days: 40 }, storageClass: 'STANDARD_IA' }]),
  rule('cold', 'data/', [{ kind: 'transition', when: { days: 55 }, storageClass: 'ARCHIVE' }]),
  rule('tagged', 'tagged/', [{ kind: 'expiration', when: { days: 35 } }], 'no'),
];

export interface World {
  readonly services: Services;
  readonly clock: ManualClock;
  readonly job: LifecycleJob;
  close(): Promise<void>;
}

export async function openWorld(dir: string, nowMs: number, durability: 'full' | 'relaxed' = 'full'): Promise<World> {
  const clock = new ManualClock(nowMs);
  const store = await openLocalStore({ dir, clock, durability });
  const services = createServices({
    store: checked(store),
    clock,
    ids: createIds(clock),
    processId: 'lifecycle',
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
  });
  const job = new LifecycleJob(services, services.settings.lifecycle);
  return { services, clock, job, close: () => store.close() };
}

/** A number that belongs to an object, the same in every run. */
function numberOf(at: number, what: string): number {
  return createHash('md5').update(`${what}${at}`).digest().readUInt32BE(0);
}

/** Logs by day, so that what is due lies together; the rest in no order of time. */
function keyOf(at: number, day: number): string {
  const name = numberOf(at, 'key').toString(16).padStart(8, '0') + at.toString(36);
  const share = at % 20;
  if (share < 8) return `logs/${String(AGE_DAYS - day).padStart(2, '0')}/${name}`;
  if (share < 16) return `data/${name}`;
  return share < 18 ? `tagged/${name}` : `other/${name}`;
}

const SIZES = [1, 65_535, 65_536, 10_000_000];

/** Every tenth object is in the versioned bucket. @param onProgress told how many are done */
export async function fill(world: World, count: number, onProgress: (done: number) => void): Promise<void> {
  const { services, clock } = world;
  for (const name of [PLAIN_BUCKET, VERSIONED_BUCKET]) {
    const account = { appid: '1250000000', ownerUin: '100000000001', region: 'ap-guangzhou', acl: 'private' as const };
    await createBucket(services, { name, ...account });
    await writeBucketConfig(services, name, BUCKET_LIFECYCLE, { rules: RULES }, (record) =>
      name === VERSIONED_BUCKET ? { ...record, versioning: 'enabled' } : record,
    );
  }
  const plain = await loadBucket(services, PLAIN_BUCKET);
  const versioned = await loadBucket(services, VERSIONED_BUCKET);
  const days: number[][] = Array.from({ length: AGE_DAYS }, () => []);
  for (let at = 0; at < count; at++) days[numberOf(at, 'day') % AGE_DAYS]!.push(at);
  let done = 0;
  for (let day = AGE_DAYS - 1; day >= 0; day--) {
    const waiting = days[day]!;
    clock.set(START_MS - day * DAY_MS);
    const writer = async (): Promise<void> => {
      for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
        await publishObject(services, at % 10 === 9 ? versioned : plain, keyOf(at, day), objectOf(at));
      }
    };
    done += waiting.length;
    await Promise.all(Array.from({ length: WRITES_AT_ONCE }, writer));
    onProgress(done);
  }
}

function objectOf(at: number): NewObject {
  const basis = {
    headers: { contentType: 'text/plain' },
    userMeta: [],
    storageClass: 'STANDARD',
    acl: 'default' as const,
  };
  const attributes = at % 40 === 16 ? withExtra(basis, { tags: ['keep', 'no'] }) : basis;
  const size = SIZES[numberOf(at, 'size') % SIZES.length]!;
  return { kind: 'normal', size, etag: '', crc64: undefined, attributes, parts: 0 };
}

async function* rowsOf(services: Services, from: Buffer): AsyncGenerator<{ key: string; record: ObjectRecord }> {
  const to = afterPrefix(from);
  let at: Buffer | undefined = from;
  while (at !== undefined) {
    const page: Awaited<ReturnType<Services['store']['meta']['scan']>> = await services.store.meta.scan({
      from: at,
      to,
      limit: 5_000,
    });
    for (const row of page.rows) yield { key: objectKeyOfRow(row.key), record: unpackObject(row.value) };
    at = page.resume;
  }
}

/** What each key of a bucket is to look like at a midnight: its class, `gone`, or `marked`. */
export async function expectedAt(world: World, bucket: string, midnightMs: number): Promise<Map<string, string>> {
  const { record } = await loadBucket(world.services, bucket);
  const expected = new Map<string, string>();
  for await (const { key, record: object } of rowsOf(world.services, currentKey(record.id, ''))) {
    const facts = {
      key,
      kind: object.kind,
      size: object.size,
      sinceMs: object.modifiedMs,
      storageClass: object.storageClass,
      tags: object.attributes.extra?.tags ?? [],
      lockedUntilMs: 0,
    };
    const action = naiveAction(RULES, facts, false, midnightMs, midnightMs);
    const gone = bucket === VERSIONED_BUCKET ? 'marked' : 'gone';
    expected.set(key, action === 'expire' ? gone : action === 'none' ? object.storageClass : action);
  }
  return expected;
}

/** @returns what is not as expected, at most a few lines */
export async function compare(world: World, bucket: string, expected: ReadonlyMap<string, string>): Promise<string[]> {
  const { record } = await loadBucket(world.services, bucket);
  const wrong: string[] = [];
  const report = (line: string): void => {
    if (wrong.length < 20) wrong.push(line);
  };
  let current = 0;
  for await (const { key, record: object } of rowsOf(world.services, currentKey(record.id, ''))) {
    current += 1;
    if (expected.get(key) !== object.storageClass) report(`${key}: ${object.storageClass}, not ${expected.get(key)}`);
  }
  const kinds = new Map<string, string>();
  for await (const { key, record: object } of rowsOf(world.services, versionPrefix(record.id, ''))) {
    kinds.set(key, `${kinds.get(key) ?? ''} ${object.kind}`);
  }
  for (const [key, versions] of kinds) {
    if (expected.get(key) !== 'marked' || versions !== ' delete-marker normal') report(`${key}: versions${versions}`);
  }
  let stay = 0;
  let marked = 0;
  for (const state of expected.values()) {
    if (state === 'marked') marked += 1;
    else if (state !== 'gone') stay += 1;
  }
  if (stay !== current) report(`${current} current objects, not ${stay}`);
  if (marked !== kinds.size) report(`${kinds.size} keys with a marker, not ${marked}`);
  return wrong;
}
