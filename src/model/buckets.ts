/**
 * Buckets: looking them up, creating, changing and deleting them, listing an account's.
 * Source: spec/buckets.md §2–§5, §13; spec/limits.md §1.
 */

import { CosError } from '../errors/cos-error.ts';
import { keySuccessor } from '../store/bytes.ts';
import type { Check, Commit, Row } from '../store/meta-store.ts';
import { type Attachment, attachmentKeys, draftAttachment } from './attachments.ts';
import { attempt, BUSY, type Planned } from './attempt.ts';
import { bucketConfigKeys } from './bucket-configs.ts';
import {
  afterPrefix,
  bucketKey,
  bucketPrefix,
  configKey,
  currentKey,
  stampBytes,
  uploadPrefix,
  versionPrefix,
} from './keys.ts';
import {
  type BucketAcl,
  type BucketRecord,
  type DefaultRetention,
  packBucket,
  unpackBucket,
} from './records/bucket.ts';
import type { Ownership } from './records/bucket-features.ts';
import type { Services } from './services.ts';

export interface BucketEntry {
  readonly row: Row;
  readonly record: BucketRecord;
}

/** Rows of configuration that go in one commit with the bucket's. */
const CONFIGS_A_COMMIT = 90;

/** Decoded records by row key, valid while the row's version is the same. */
const MAX_CACHED = 1_000;
const decoded = new WeakMap<Services, Map<string, BucketEntry>>();

/** @param name full name, `<name>-<appid>` */
export async function findBucket(services: Services, name: string): Promise<BucketEntry | undefined> {
  let cache = decoded.get(services);
  if (cache === undefined) {
    cache = new Map();
    decoded.set(services, cache);
  }
  const known = cache.get(name);
  const key = known?.row.key ?? bucketKey(name.slice(name.lastIndexOf('-') + 1), name);
  const [row] = await services.store.meta.get([key]);
  if (row === undefined) {
    cache.delete(name);
    return undefined;
  }
  if (known !== undefined && known.row.version === row.version) return known;
  const entry = { row, record: unpackBucket(row.value) };
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(name, entry);
  return entry;
}

/** @throws CosError NoSuchBucket */
export async function loadBucket(services: Services, name: string): Promise<BucketEntry> {
  const entry = await findBucket(services, name);
  if (entry === undefined) throw new CosError('NoSuchBucket');
  return entry;
}

/** True while a DELETE Bucket of a live process looks whether the bucket is empty: writers wait for its end. */
export function isBeingDeleted(services: Services, entry: BucketEntry): boolean {
  return entry.record.deletingBy === services.processId;
}

export interface NewBucket {
  readonly name: string;
  readonly appid: string;
  readonly ownerUin: string;
  readonly region: string;
  readonly acl: BucketAcl;
  readonly multiAz?: boolean;
  /** Default: `unset` */
  readonly versioning?: BucketRecord['versioning'];
  readonly objectLock?: DefaultRetention;
  readonly ownership?: Ownership;
  /** Configurations it has from the start. */
  readonly configs?: readonly ConfigChange[];
  /** Its ACL, where it has one of its own. */
  readonly attachment?: Attachment | undefined;
}

/** @throws CosError BucketAlreadyOwnedByYou, BucketAlreadyExists, TooManyBuckets, PolicyFull, AttachmentFull */
export async function createBucket(services: Services, given: NewBucket): Promise<void> {
  const { configs = [], attachment, ...bucket } = given;
  const key = bucketKey(bucket.appid, bucket.name);
  await services.locks.run(`b${bucket.appid}`, () =>
    attempt(services, async () => {
      const [existing] = await services.store.meta.get([key]);
      if (existing !== undefined) {
        const same = unpackBucket(existing.value).ownerUin === bucket.ownerUin;
        throw new CosError(same ? 'BucketAlreadyOwnedByYou' : 'BucketAlreadyExists');
      }
      const limit = services.limits.bucketsPerAccount;
      const prefix = bucketPrefix(bucket.appid);
      const owned = await services.store.meta.scan({ from: prefix, to: afterPrefix(prefix), limit });
      if (owned.rows.length >= limit) throw new CosError('TooManyBuckets');
      const fresh: BucketRecord = {
        id: stampBytes(services.ids.versionStamp()),
        createdMs: services.clock.nowMs(),
        versioning: 'unset',
        ...bucket,
      };
      const record = configs.reduce(noted, fresh);
      const puts = [{ key, value: packBucket(record) }];
      for (const { name, value } of configs) {
        if (value !== undefined) puts.push({ key: configKey(record.id, name), value });
      }
      const drafted = attachment === undefined ? undefined : await draftAttachment(services, record, attachment);
      return {
        commit: { checks: [{ key, version: 0 }], puts: [...puts, ...(drafted?.puts ?? [])] },
        result: undefined,
        settled: drafted?.settled,
      };
    }),
  );
}

/** A row of configuration that changes with the bucket's record. */
export interface ConfigChange {
  readonly name: string;
  /** undefined: there shall be none */
  readonly value: Buffer | undefined;
  /** Further conditions of the commit. */
  readonly checks?: readonly Check[];
}

/**
 * Replaces fields of a bucket's record.
 * @param config written in the same commit
 * @param attachment counted in the same commit
 * @throws CosError NoSuchBucket, PathConflict, PolicyFull, AttachmentFull
 */
export async function updateBucket(
  services: Services,
  name: string,
  change: (record: BucketRecord) => BucketRecord,
  config?: ConfigChange,
  attachment?: Attachment,
): Promise<void> {
  // One after the other: many at once would outlast each other's attempts.
  await services.locks.run(`c${name}`, () =>
    attempt(services, () => draftUpdate(services, name, change, config, attachment)),
  );
}

async function draftUpdate(
  services: Services,
  name: string,
  change: (record: BucketRecord) => BucketRecord,
  config: ConfigChange | undefined,
  attachment: Attachment | undefined,
): Promise<Planned<void> | typeof BUSY> {
  const entry = await loadBucket(services, name);
  // A change would make the deletion fail after its look, and leave its mark behind.
  if (isBeingDeleted(services, entry)) return BUSY;
  const { row, record } = entry;
  const puts = [{ key: row.key, value: packBucket(noted(change(record), config)) }];
  const deletes: Buffer[] = [];
  if (config !== undefined) {
    const key = configKey(record.id, config.name);
    if (config.value === undefined) deletes.push(key);
    else puts.push({ key, value: config.value });
  }
  const drafted = attachment === undefined ? undefined : await draftAttachment(services, record, attachment);
  return {
    commit: {
      checks: [{ key: row.key, version: row.version }, ...(config?.checks ?? [])],
      puts: [...puts, ...(drafted?.puts ?? [])],
      deletes: [...deletes, ...(drafted?.deletes ?? [])],
    },
    result: undefined,
    settled: drafted?.settled,
  };
}

/** The record with the name of the configuration it has or has not from now on. */
export function noted({ configs = [], ...rest }: BucketRecord, config: ConfigChange | undefined): BucketRecord {
  const others = config === undefined ? configs : configs.filter((name) => name !== config.name);
  const names = config?.value === undefined ? others : [...others, config.name].sort();
  return names.length === 0 ? rest : { ...rest, configs: names };
}

/**
 * Deletes an empty bucket. The record is marked first, which makes every running write fail its guard and look again:
 * so nothing can slip in between the look and the deletion.
 * @param released what is outside of the bucket and goes with it, in the same commit
 * @throws CosError NoSuchBucket, BucketNotEmpty, PathConflict
 */
export async function deleteBucket(
  services: Services,
  name: string,
  released?: (entry: BucketEntry) => Promise<Commit>,
): Promise<void> {
  await attempt(services, async () => {
    const { row, record } = await loadBucket(services, name);
    if (record.deletingBy === services.processId) return BUSY;
    const put = { key: row.key, value: packBucket({ ...record, deletingBy: services.processId }) };
    return { commit: { checks: [{ key: row.key, version: row.version }], puts: [put] }, result: undefined };
  });
  const entry = await loadBucket(services, name);
  const { row, record } = entry;
  const checks = [{ key: row.key, version: row.version }];
  if (await isEmpty(services, record.id)) {
    const configs = await bucketConfigKeys(services, record.id);
    await attempt(services, async () => {
      const outside: Commit = (await released?.(entry)) ?? {};
      const fixed = [row.key, ...attachmentKeys(record), ...(outside.deletes ?? [])];
      return {
        commit: {
          checks: [...checks, ...(outside.checks ?? [])],
          puts: outside.puts ?? [],
          deletes: [...fixed, ...configs.slice(0, CONFIGS_A_COMMIT - fixed.length)],
        },
        result: undefined,
      };
    });
    while (configs.length > 0) {
      await services.store.meta.commit({ deletes: configs.splice(0, CONFIGS_A_COMMIT) });
    }
    return;
  }
  const { deletingBy: _, ...rest } = record;
  await services.store.meta.commit({ checks, puts: [{ key: row.key, value: packBucket(rest) }] });
  throw new CosError('BucketNotEmpty');
}

/** No object, version, delete marker or unfinished upload (spec/buckets.md §5). */
async function isEmpty(services: Services, id: Buffer): Promise<boolean> {
  return !(await hasVersions(services, id)) && !(await anyBelow(services, [uploadPrefix(id, '')]));
}

/** Any object, version or delete marker. */
export function hasVersions(services: Services, id: Buffer): Promise<boolean> {
  return anyBelow(services, [currentKey(id, ''), versionPrefix(id, '')]);
}

async function anyBelow(services: Services, prefixes: readonly Buffer[]): Promise<boolean> {
  for (const from of prefixes) {
    const page = await services.store.meta.scan({ from, to: afterPrefix(from), limit: 1 });
    if (page.rows.length > 0) return true;
  }
  return false;
}

/**
 * An account's buckets in name order.
 * @param after list names above this one
 */
export async function listBuckets(
  services: Services,
  appid: string,
  after: string,
  limit: number,
  wanted: (record: BucketRecord) => boolean | Promise<boolean>,
): Promise<{ buckets: BucketRecord[]; truncated: boolean }> {
  const prefix = bucketPrefix(appid);
  const to = afterPrefix(prefix);
  let from: Buffer | undefined = after === '' ? prefix : keySuccessor(bucketKey(appid, after));
  const buckets: BucketRecord[] = [];
  while (from !== undefined) {
    const page: { rows: Row[]; resume?: Buffer } = await services.store.meta.scan({ from, to, limit: 1_000 });
    for (const row of page.rows) {
      const record = unpackBucket(row.value);
      if (!(await wanted(record))) continue;
      if (buckets.length === limit) return { buckets, truncated: true };
      buckets.push(record);
    }
    from = page.resume;
  }
  return { buckets, truncated: false };
}
