/**
 * What makes a run cost what is due and not what is stored: the rows that rules can match are cut into zones of some
 * thousand, and a row for each zone says at which midnight anything in it may be due next. Zones that are not due are
 * not read. It is also the progress of a run: a zone that was done is due later, so a run that was cut short goes on
 * where it was. Writers of objects keep nothing: what is written after a zone was read is due in its time at the
 * earliest, and the exceptions are in model/touched.ts.
 *
 * | rows | key | value |
 * | --- | --- | --- |
 * | state | `g` bucketId `lifecycle#s` | fingerprint of the rules that the zones were made for; midnight of the last walk |
 * | zone | `g` bucketId `lifecycle#z` keyspace rest-of-the-row-key | ms since the epoch at which it is due |
 */
import { afterPrefix, type BucketId, configKey } from '../../model/keys.ts';
import { pack, unpack } from '../../model/records/pack.ts';
import type { Services } from '../../model/services.ts';
import { touchedRange } from '../../model/touched.ts';
import type { Check, Put } from '../../store/meta-store.ts';

const STATE = 'lifecycle#s';
const ZONE = 'lifecycle#z';
/** Rows in one commit. */
const BATCH = 90;

export interface Zone {
  /** Row key its range begins with; it ends where the next zone or its segment does. */
  readonly from: Buffer;
  readonly dueMs: number;
}

export interface ZonesState {
  readonly fingerprint: string;
  readonly midnightMs: number;
}

/** Zone rows are this much longer than the row their zone begins with, bytes. */
export const ZONE_KEY_EXTRA = ZONE.length + 1;

/** @param from row key that the zone begins with */
export function zoneKey(bucketId: BucketId, from: Buffer): Buffer {
  return Buffer.concat([configKey(bucketId, ZONE), from.subarray(0, 1), from.subarray(9)]);
}

function fromOf(bucketId: BucketId, key: Buffer): Buffer {
  const at = 9 + ZONE.length;
  return Buffer.concat([key.subarray(at, at + 1), bucketId, key.subarray(at + 1)]);
}

export function zonePut(bucketId: BucketId, { from, dueMs }: Zone): Put {
  const value = Buffer.allocUnsafe(8);
  value.writeDoubleBE(dueMs);
  return { key: zoneKey(bucketId, from), value };
}

/** Zones in order, page by page. */
export async function* readZones(services: Services, bucketId: BucketId): AsyncGenerator<Zone> {
  const prefix = configKey(bucketId, ZONE);
  let from: Buffer | undefined = prefix;
  while (from !== undefined) {
    const page: Awaited<ReturnType<Services['store']['meta']['scan']>> = await services.store.meta.scan({
      from,
      to: afterPrefix(prefix),
      limit: 1_000,
    });
    for (const { key, value } of page.rows) yield { from: fromOf(bucketId, key), dueMs: value.readDoubleBE(0) };
    from = page.resume;
  }
}

export async function readState(services: Services, bucketId: BucketId): Promise<ZonesState | undefined> {
  const [row] = await services.store.meta.get([configKey(bucketId, STATE)]);
  if (row === undefined) return undefined;
  const [, fingerprint, midnightMs] = unpack(row.value) as [number, string, number];
  return { fingerprint, midnightMs };
}

export function statePut(bucketId: BucketId, { fingerprint, midnightMs }: ZonesState): Put {
  return { key: configKey(bucketId, STATE), value: pack([1, fingerprint, midnightMs]) };
}

/**
 * Begins anew: one zone for each segment, all due. The state goes first and comes last, so that what a crash leaves
 * half done is begun again.
 * @param guard that the bucket is still what the segments were made for
 * @returns false where it is not
 */
export async function resetZones(
  services: Services,
  bucketId: BucketId,
  starts: readonly Buffer[],
  state: ZonesState,
  guard: Check,
): Promise<boolean> {
  const { meta } = services.store;
  const guards = [guard];
  const began = await meta.commit({ guards, deletes: [configKey(bucketId, STATE)] });
  if (!began.ok) return false;
  const zones = configKey(bucketId, ZONE);
  for (const { from, to } of [{ from: zones, to: afterPrefix(zones) }, touchedRange(bucketId)]) {
    for (;;) {
      const page = await meta.scan({ from, to, limit: BATCH });
      if (page.rows.length === 0) break;
      const done = await meta.commit({ guards, deletes: page.rows.map(({ key }) => key) });
      if (!done.ok) return false;
    }
  }
  for (let at = 0; at < starts.length; at += BATCH) {
    const puts = starts.slice(at, at + BATCH).map((from) => zonePut(bucketId, { from, dueMs: 0 }));
    if (!(await meta.commit({ guards, puts })).ok) return false;
  }
  return (await meta.commit({ guards, puts: [statePut(bucketId, state)] })).ok;
}
