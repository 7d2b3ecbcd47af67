/** Writes down how a delivery ended, in one commit with the status of the version. */
import { attempt } from '../../model/attempt.ts';
import { findBucket } from '../../model/buckets.ts';
import { type Replication, withExtra } from '../../model/records/attributes.ts';
import { packObject } from '../../model/records/object.ts';
import { replaceAttributes } from '../../model/restore.ts';
import type { Services } from '../../model/services.ts';
import { draftFor } from '../../model/versions.ts';
import { changeKey } from '../../model/write-object.ts';
import type { Row } from '../../store/meta-store.ts';
import { findStamp } from './deliver.ts';
import { type OutboxEntry, type OutboxKey, packOutbox } from './outbox.ts';

/** Pause before the next try of one version, ms: doubled with each failure. */
const FIRST_PAUSE_MS = 1_000;
export const LAST_PAUSE_MS = 5 * 60_000;
/** Then the version is FAILED: after more than an hour. */
export const MOST_ATTEMPTS = 20;

export function pauseAfter(failures: number): number {
  return Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, failures - 1));
}

/** The row goes, and the version says so. @throws CosError PathConflict, StoreError */
export async function settle(
  services: Services,
  row: Row,
  { key, bucketId, stamp }: OutboxKey,
  { source }: OutboxEntry,
  failed: boolean,
): Promise<void> {
  const bucket = await findBucket(services, source);
  if (bucket === undefined || !bucket.record.id.equals(bucketId)) return forget(services, row);
  await changeKey<void>(services, bucket, key, async (state) => {
    const draft = draftFor(state);
    draft.checks.push({ key: row.key, version: row.version });
    draft.deletes.push(row.key);
    const version = await findStamp(services, state.bucket, key, stamp);
    if (version !== undefined) {
      const { record } = version;
      const replication = afterOne(record.attributes.extra?.replication, failed);
      if (replication !== undefined) {
        const { key: at, blob } = version.row;
        const isNewest = draft.checks.some((check) => check.key.equals(at));
        if (!isNewest) draft.check(at, version.row);
        const value = packObject(replaceAttributes(record, withExtra(record.attributes, { replication })));
        draft.put({ key: at, value, ...(blob === undefined ? {} : { blob }) });
      }
    }
    return { commit: draft.commit(), result: undefined };
  });
}

/** @returns undefined where there is nothing to note: markers, replicas */
function afterOne(before: Replication | undefined, failed: boolean): Replication | undefined {
  if (before === undefined || 'replica' in before) return undefined;
  return { waiting: Math.max(0, before.waiting - 1), failed: before.failed || failed };
}

function forget({ store }: Services, { key }: Row): Promise<void> {
  return store.meta.commit({ deletes: [key] }).then(() => undefined);
}

/** One more try failed: the next comes later, also after a restart. @returns when, ms since the epoch */
export async function postpone(services: Services, row: Row, entry: OutboxEntry): Promise<number> {
  const attempts = entry.attempts + 1;
  const notBeforeMs = services.clock.nowMs() + pauseAfter(attempts);
  const put = { key: row.key, value: packOutbox({ ...entry, attempts, notBeforeMs }) };
  await attempt(services, async () => ({
    commit: { checks: [{ key: row.key, version: row.version }], puts: [put] },
    result: undefined,
  }));
  return notBeforeMs;
}
