/** Notes each new version that rules of its bucket ask for, in the commit that makes the version. */
import { bucketConfig } from '../../model/bucket-configs.ts';
import type { ChangeKind, ChangeWatcher } from '../../model/changes.ts';
import { withExtra } from '../../model/records/attributes.ts';
import { replaceAttributes } from '../../model/restore.ts';
import type { Services } from '../../model/services.ts';
import { type Match, matches } from './match.ts';
import { outboxKey, packOutbox } from './outbox.ts';
import { BUCKET_REPLICATION } from './rules.ts';
import { noteWork } from './wake.ts';

/** What is replicated. Replicas are not, so that nothing goes in circles; nor is what lifecycle does. */
const REPLICATED: ReadonlySet<ChangeKind> = new Set(['put', 'post', 'copy', 'complete', 'delete-marker']);

export const watchReplication: ChangeWatcher = async (services, draft, { bucket, key }, { kind, record }) => {
  if (!REPLICATED.has(kind)) return record;
  const configuration = await bucketConfig(services, bucket, BUCKET_REPLICATION);
  if (configuration === undefined) return record;
  const wanted = matches(configuration, key, record);
  if (wanted.length === 0) return record;
  const { id, name } = bucket.record;
  for (const match of wanted) {
    const value = packOutbox(entryOf(services, name, match));
    draft.put({ key: outboxKey(id, match.destination.bucket, record.stamp, key), value });
  }
  noteWork(services);
  // A marker has no status that anybody could ask for.
  if (record.kind === 'delete-marker') return record;
  const replication = { waiting: wanted.length, failed: false };
  return replaceAttributes(record, withExtra(record.attributes, { replication }));
};

function entryOf(services: Services, source: string, { rule, destination: { bucket, region } }: Match) {
  return {
    source,
    destination: { bucket, region },
    storageClass: rule.destination.storageClass?.toUpperCase(),
    replicaKmsKeyId: rule.destination.replicaKmsKeyId,
    sinceMs: services.clock.nowMs(),
    attempts: 0,
    notBeforeMs: 0,
  };
}
