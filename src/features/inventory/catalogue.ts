/**
 * The inventories of a bucket. There may be a thousand, so the bucket's record names one configuration for all of them,
 * and each has rows of its own; they go with the bucket as all its configurations do.
 *
 * | rows | key (a configuration's name) | value |
 * | --- | --- | --- |
 * | index | `inventory` | next number, how many of both kinds there are |
 * | scheduled | `inventory/s/` id | number by order of creation, time it was set, the configuration |
 * | made once | `inventory/o/` id | job id, time it was asked for, the configuration |
 * | run | `inventory/r/` kind id | RunState (run-state.ts) |
 */
import { CosError } from '../../errors/cos-error.ts';
import { attempt, BUSY } from '../../model/attempt.ts';
import { hasConfig } from '../../model/bucket-configs.ts';
import { type BucketEntry, isBeingDeleted, loadBucket, noted } from '../../model/buckets.ts';
import { afterPrefix, type BucketId, configKey } from '../../model/keys.ts';
import { packBucket } from '../../model/records/bucket.ts';
import { pack, unpack } from '../../model/records/pack.ts';
import type { Services } from '../../model/services.ts';
import type { Check, Put, Row } from '../../store/meta-store.ts';
import { type InventoryConfiguration, packInventory, unpackInventory } from './configuration.ts';

export const INVENTORY = { name: 'inventory' } as const;
export const MAX_INVENTORIES = 1_000;
export const PAGE = 100;

/** `s`: on a schedule; `o`: once. */
export type InventoryKind = 's' | 'o';

export interface Inventory {
  readonly kind: InventoryKind;
  readonly row: Row;
  /** Order of creation; the job id of one that is made once. */
  readonly number: number;
  /** When it was set or asked for, ms since the epoch. */
  readonly setMs: number;
  readonly configuration: InventoryConfiguration;
}

const rowKey = (id: BucketId, kind: InventoryKind, name: string) => configKey(id, `${INVENTORY.name}/${kind}/${name}`);
export const runKey = (id: BucketId, kind: InventoryKind, name: string) =>
  configKey(id, `${INVENTORY.name}/r/${kind}${name}`);

interface Index {
  readonly next: number;
  readonly scheduled: number;
  readonly once: number;
}

function unpackInventoryRow(kind: InventoryKind, row: Row): Inventory {
  const [, number, setMs, configuration] = unpack(row.value) as [number, number, number, Buffer];
  return { kind, row, number, setMs, configuration: unpackInventory(configuration) };
}

/** @returns undefined when there is none of that id */
export async function findInventory(
  services: Services,
  bucket: BucketEntry,
  kind: InventoryKind,
  id: string,
): Promise<Inventory | undefined> {
  if (!hasConfig(bucket, INVENTORY)) return undefined;
  const [row] = await services.store.meta.get([rowKey(bucket.record.id, kind, id)]);
  return row === undefined ? undefined : unpackInventoryRow(kind, row);
}

/** All of one kind, in order of creation. */
export async function inventoriesOf(
  services: Services,
  bucket: BucketEntry,
  kind: InventoryKind,
): Promise<Inventory[]> {
  if (!hasConfig(bucket, INVENTORY)) return [];
  const prefix = rowKey(bucket.record.id, kind, '');
  const all: Inventory[] = [];
  let from: Buffer | undefined = prefix;
  while (from !== undefined) {
    const page: { rows: Row[]; resume?: Buffer } = await services.store.meta.scan({
      from,
      to: afterPrefix(prefix),
      limit: 1_000,
    });
    for (const row of page.rows) all.push(unpackInventoryRow(kind, row));
    from = page.resume;
  }
  return all.sort((a, b) => a.number - b.number);
}

/** What a change of the catalogue stands on. */
interface Catalogue {
  readonly bucket: BucketEntry;
  readonly index: Index;
  readonly checks: readonly Check[];
  /** The rows with another index; the bucket's own, where it gets its first or loses its last. */
  withIndex(index: Index): { checks: Check[]; guards: Check[]; puts: Put[]; deletes: Buffer[] };
  /** The row of an inventory, for which the commit stands. */
  row(kind: InventoryKind, id: string): Promise<Row | undefined>;
}

async function openCatalogue(services: Services, name: string): Promise<Catalogue | typeof BUSY> {
  const bucket = await loadBucket(services, name);
  if (isBeingDeleted(services, bucket)) return BUSY;
  const { record, row: bucketRow } = bucket;
  const key = configKey(record.id, INVENTORY.name);
  const [indexRow] = await services.store.meta.get([key]);
  const [, next, scheduled, once] = indexRow === undefined ? [1, 1, 0, 0] : (unpack(indexRow.value) as number[]);
  const checks: Check[] = [{ key, version: indexRow?.version ?? 0 }];
  const own = { key: bucketRow.key, version: bucketRow.version };
  return {
    bucket,
    index: { next: next!, scheduled: scheduled!, once: once! },
    checks,
    async row(kind, id) {
      const at = rowKey(record.id, kind, id);
      const [found] = await services.store.meta.get([at]);
      checks.push({ key: at, version: found?.version ?? 0 });
      return found;
    },
    withIndex(index) {
      const empty = index.scheduled + index.once === 0;
      const value = empty ? undefined : pack([1, index.next, index.scheduled, index.once]);
      const puts = value === undefined ? [] : [{ key, value }];
      const deletes = value === undefined ? [key] : [];
      if (hasConfig(bucket, INVENTORY) !== empty) return { checks: [...checks], guards: [own], puts, deletes };
      const changed = packBucket(noted(record, { name: INVENTORY.name, value }));
      return { checks: [...checks, own], guards: [], puts: [...puts, { key: own.key, value: changed }], deletes };
    },
  };
}

const rowValue = (number: number, setMs: number, configuration: InventoryConfiguration): Buffer =>
  pack([1, number, setMs, packInventory(configuration)]);

/**
 * Sets an inventory that has a schedule. A replaced one keeps its place in the order.
 * @throws CosError InventoryFull, NoSuchBucket, PathConflict
 */
export async function putInventory(services: Services, name: string, given: InventoryConfiguration): Promise<void> {
  await attempt(services, async () => {
    const catalogue = await openCatalogue(services, name);
    if (catalogue === BUSY) return BUSY;
    const { index, bucket } = catalogue;
    const before = await catalogue.row('s', given.id);
    if (before === undefined && index.scheduled >= MAX_INVENTORIES) throw new CosError('InventoryFull');
    const number = before === undefined ? index.next : unpackInventoryRow('s', before).number;
    const added = before === undefined ? 1 : 0;
    const commit = catalogue.withIndex({
      ...index,
      next: index.next + added,
      scheduled: index.scheduled + added,
    });
    const value = rowValue(number, services.clock.nowMs(), given);
    commit.puts.push({ key: rowKey(bucket.record.id, 's', given.id), value });
    return { commit, result: undefined };
  });
}

/**
 * Asks for a report that is made once.
 * @returns its job id
 * @throws CosError DuplicateInventoryId, InventoryFull, NoSuchBucket, PathConflict
 */
export function postInventory(services: Services, name: string, given: InventoryConfiguration): Promise<string> {
  return attempt<string>(services, async () => {
    const catalogue = await openCatalogue(services, name);
    if (catalogue === BUSY) return BUSY;
    const { index, bucket } = catalogue;
    const taken = (await catalogue.row('s', given.id)) ?? (await catalogue.row('o', given.id));
    if (taken !== undefined) throw new CosError('DuplicateInventoryId');
    if (index.once >= MAX_INVENTORIES) throw new CosError('InventoryFull');
    const commit = catalogue.withIndex({ ...index, once: index.once + 1 });
    const jobId = services.ids.versionStamp();
    const value = rowValue(jobId, services.clock.nowMs(), given);
    commit.puts.push({ key: rowKey(bucket.record.id, 'o', given.id), value });
    return { commit, result: String(jobId) };
  });
}

/** Nothing where there is none. @throws CosError NoSuchBucket, PathConflict */
export async function removeInventory(
  services: Services,
  name: string,
  kind: InventoryKind,
  id: string,
): Promise<void> {
  await attempt(services, async () => {
    const catalogue = await openCatalogue(services, name);
    if (catalogue === BUSY) return BUSY;
    const { index, bucket } = catalogue;
    if ((await catalogue.row(kind, id)) === undefined) return { result: undefined };
    const commit = catalogue.withIndex({
      ...index,
      ...(kind === 's' ? { scheduled: index.scheduled - 1 } : { once: index.once - 1 }),
    });
    commit.deletes.push(rowKey(bucket.record.id, kind, id), runKey(bucket.record.id, kind, id));
    return { commit, result: undefined };
  });
}
