/**
 * Binding domains to buckets. Every change rewrites the generation row and checks it, so that changes happen one after
 * the other whatever process makes them, and no name has two buckets. Source: spec/buckets.md §17.
 */
import { CosError } from '../../errors/cos-error.ts';
import { attempt, BUSY } from '../../model/attempt.ts';
import { bucketConfig } from '../../model/bucket-configs.ts';
import { type BucketEntry, findBucket, isBeingDeleted, loadBucket, noted } from '../../model/buckets.ts';
import { configKey, DOMAINS, domainKey } from '../../model/keys.ts';
import { packBucket } from '../../model/records/bucket.ts';
import { pack } from '../../model/records/pack.ts';
import type { Services } from '../../model/services.ts';
import type { Check, Put } from '../../store/meta-store.ts';
import { domainGeneration } from './domain-index.ts';
import { type DomainRecord, packDomain, unpackDomain } from './records.ts';
import { type AskedDomainRule, BUCKET_DOMAINS, boundName, type DomainRule } from './rules.ts';

/** What a commit does to domains. */
interface Draft {
  readonly checks: Check[];
  readonly puts: Put[];
  readonly deletes: Buffer[];
}

/**
 * The domains of a bucket are these and no others.
 * @param rules checked; names whose proof was asked for have shown it
 * @throws CosError NoSuchBucket, DomainConfigConflict, PathConflict
 */
export async function bindDomains(
  services: Services,
  bucket: string,
  rules: readonly AskedDomainRule[],
): Promise<void> {
  await attempt(services, async () => {
    const draft = await begin(services);
    const entry = await loadBucket(services, bucket);
    if (isBeingDeleted(services, entry)) return BUSY;
    const before = (await bucketConfig(services, entry, BUCKET_DOMAINS)) ?? [];
    const names = rules.map(({ name }) => boundName(name));
    const bound = await readDomains(services, names);
    const robbed = new Map<string, { entry: BucketEntry; names: Set<string> }>();
    for (const [at, rule] of rules.entries()) {
      const name = names[at]!;
      const holder = bound[at];
      const own = holder?.bucketId.equals(entry.record.id) === true;
      if (holder !== undefined && !own) {
        const other = robbed.get(holder.bucket)?.entry ?? (await findBucket(services, holder.bucket));
        if (other?.record.id.equals(holder.bucketId) === true) {
          if (rule.forced === undefined) throw new CosError('DomainConfigConflict');
          if (isBeingDeleted(services, other)) return BUSY;
          const taken = robbed.get(holder.bucket) ?? { entry: other, names: new Set() };
          taken.names.add(name);
          robbed.set(holder.bucket, taken);
        }
      }
      const { enabled, type } = rule;
      const certificate = own ? holder?.certificate : undefined;
      if (own && holder?.enabled === enabled && holder.type === type) continue;
      const record: DomainRecord = { bucket, bucketId: entry.record.id, enabled, type, certificate };
      draft.puts.push({ key: domainKey(name), value: packDomain(record) });
    }
    const kept = new Set(names);
    for (const { name } of before) if (!kept.has(boundName(name))) draft.deletes.push(domainKey(boundName(name)));
    writeRules(draft, entry, rules);
    for (const { entry: other, names: taken } of robbed.values()) {
      const theirs = (await bucketConfig(services, other, BUCKET_DOMAINS)) ?? [];
      writeRules(
        draft,
        other,
        theirs.filter(({ name }) => !taken.has(boundName(name))),
      );
    }
    return { commit: draft, result: undefined };
  });
  await services.domains.index.refresh();
}

/** What goes with the last commit of a bucket that is deleted: its names are free from then on. */
export async function releasedDomains(services: Services, entry: BucketEntry): Promise<Draft> {
  const rules = (await bucketConfig(services, entry, BUCKET_DOMAINS)) ?? [];
  if (rules.length === 0) return { checks: [], puts: [], deletes: [] };
  const draft = await begin(services);
  for (const { name } of rules) draft.deletes.push(domainKey(boundName(name)));
  return draft;
}

/**
 * Changes the rows of domains that are bound to a bucket.
 * @param change may be called several times @returns false where one of them is not bound to it
 * @throws CosError PathConflict
 */
export async function changeDomains(
  services: Services,
  entry: BucketEntry,
  names: readonly string[],
  change: (record: DomainRecord, name: string) => DomainRecord,
): Promise<boolean> {
  const done = await attempt(services, async () => {
    const draft = await begin(services);
    const bound = await readDomains(services, names);
    for (const [at, name] of names.entries()) {
      const record = bound[at];
      if (record?.bucketId.equals(entry.record.id) !== true) return { result: false };
      draft.puts.push({ key: domainKey(name), value: packDomain(change(record, name)) });
    }
    return { commit: draft, result: true };
  });
  await services.domains.index.refresh();
  return done;
}

/** @param names lower case */
export async function readDomains(
  { store }: Services,
  names: readonly string[],
): Promise<readonly (DomainRecord | undefined)[]> {
  if (names.length === 0) return [];
  const rows = await store.meta.get(names.map(domainKey));
  return rows.map((row) => (row === undefined ? undefined : unpackDomain(row.value)));
}

async function begin({ store }: Services): Promise<Draft> {
  return {
    checks: [{ key: DOMAINS, version: await domainGeneration(store.meta) }],
    puts: [{ key: DOMAINS, value: pack([1]) }],
    deletes: [],
  };
}

/** The bucket's own row is rewritten as well: what is known of its configurations hangs on it. */
function writeRules(
  { checks, puts, deletes }: Draft,
  { row, record }: BucketEntry,
  rules: readonly DomainRule[],
): void {
  const value = rules.length === 0 ? undefined : BUCKET_DOMAINS.pack(rules);
  const { name } = BUCKET_DOMAINS;
  checks.push({ key: row.key, version: row.version });
  puts.push({ key: row.key, value: packBucket(noted(record, { name, value })) });
  const key = configKey(record.id, name);
  if (value === undefined) deletes.push(key);
  else puts.push({ key, value });
}
