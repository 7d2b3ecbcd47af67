/**
 * Configurations of a bucket: a row for each, read once for each state of the bucket's record. The record names those
 * it has, so that a bucket without one pays nothing for it. `updateBucket` writes row and record together.
 */
import type { Attachment } from './attachments.ts';
import { type BucketEntry, loadBucket, updateBucket } from './buckets.ts';
import { afterPrefix, type BucketId, configKey, configPrefix } from './keys.ts';
import { isLong, piecesOf, readWhole, writePieces } from './long-configs.ts';
import type { BucketRecord } from './records/bucket.ts';
import type { Services } from './services.ts';

/** How a kind of configuration is named and stored. */
export interface BucketConfig<T> {
  /** Letters, digits and hyphens. */
  readonly name: string;
  pack(value: T): Buffer;
  unpack(stored: Buffer): T;
}

/**
 * Every change of a configuration rewrites the bucket's record, and a changed record is a new entry: so what hangs on
 * an entry is never older than the entry.
 */
const read = new WeakMap<BucketEntry, Map<string, unknown>>();

export function hasConfig({ record }: BucketEntry, { name }: Pick<BucketConfig<unknown>, 'name'>): boolean {
  return record.configs?.includes(name) === true;
}

/**
 * The configuration as it was stored: at once where it is known or there is none. Equal answers are the same object, so
 * that what is made of it can hang on it.
 */
export function bucketConfig<T>(
  services: Services,
  entry: BucketEntry,
  kind: BucketConfig<T>,
): T | undefined | Promise<T | undefined> {
  if (!hasConfig(entry, kind)) return undefined;
  const known = read.get(entry) ?? new Map<string, unknown>();
  read.set(entry, known);
  // What was read, or the read under way.
  const value = known.get(kind.name) as T | Promise<T | undefined> | undefined;
  if (value !== undefined) return value;
  const reading = readBucketConfig(services, entry.record.id, kind.name).then(
    (stored) => {
      const unpacked = stored === undefined ? undefined : kind.unpack(stored);
      known.set(kind.name, unpacked);
      return unpacked;
    },
    (error) => {
      known.delete(kind.name);
      throw error;
    },
  );
  known.set(kind.name, reading);
  return reading;
}

/**
 * @param bucket full name
 * @param change further changes of the bucket's record, in the same commit
 * @param attachment what counts among the account's ACLs and policies from now on
 * @throws CosError NoSuchBucket, PathConflict, PolicyFull, AttachmentFull
 */
export async function writeBucketConfig<T>(
  services: Services,
  bucket: string,
  kind: BucketConfig<T>,
  value: T | undefined,
  change: (record: BucketRecord) => BucketRecord = (record) => record,
  attachment?: Attachment,
): Promise<void> {
  const { name } = kind;
  const stored = value === undefined ? undefined : kind.pack(value);
  const { row, record } = await loadBucket(services, bucket);
  const [before] = await services.store.meta.get([configKey(record.id, name)]);
  const guard = { key: row.key, version: row.version };
  const long =
    stored !== undefined && isLong(stored) ? await writePieces(services, record.id, name, stored, guard) : undefined;
  const config = { name, value: long?.head ?? stored, checks: long?.checks ?? [] };
  await updateBucket(services, bucket, change, config, attachment);
  const deletes = piecesOf(record.id, name, before?.value);
  if (deletes.length > 0) await services.store.meta.commit({ deletes });
}

/** @param name of the configuration */
export function readBucketConfig(services: Services, id: BucketId, name: string): Promise<Buffer | undefined> {
  return readWhole(services, id, name);
}

/** Keys of all configurations a bucket has. */
export async function bucketConfigKeys(services: Services, id: BucketId): Promise<Buffer[]> {
  const prefix = configPrefix(id);
  const to = afterPrefix(prefix);
  const keys: Buffer[] = [];
  let from: Buffer | undefined = prefix;
  while (from !== undefined) {
    const page: Awaited<ReturnType<Services['store']['meta']['scan']>> = await services.store.meta.scan({
      from,
      to,
      limit: 1_000,
    });
    for (const { key } of page.rows) keys.push(key);
    from = page.resume;
  }
  return keys;
}
