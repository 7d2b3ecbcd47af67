/** A bucket's replication rules as they are stored. Source: spec/buckets.md §22. */
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack, unpack } from '../../model/records/pack.ts';

export type ReplicationCondition =
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'tag'; readonly key: string; readonly value: string };

export interface ReplicationFilter {
  /** The conditions stand in an `And`. */
  readonly and: boolean;
  readonly conditions: readonly ReplicationCondition[];
}

export interface ReplicationDestination {
  /** As sent: a resource name with region and bucket (destination.ts). */
  readonly bucket: string;
  /** As sent, any case; undefined: that of the source. */
  readonly storageClass: string | undefined;
  /** Key of SSE-KMS at the destination; undefined: the default key. */
  readonly replicaKmsKeyId: string | undefined;
}

export interface ReplicationRule {
  readonly id: string | undefined;
  readonly enabled: boolean;
  readonly priority: number | undefined;
  /** What stands in the place of the filter: the older form, a Filter, or nothing for every key. */
  readonly scope: { readonly prefix: string } | ReplicationFilter | undefined;
  readonly destination: ReplicationDestination;
  /** undefined: not said, which means that markers are replicated */
  readonly deleteMarkers: boolean | undefined;
  /** Whether objects of SSE-KMS are replicated; undefined: not said, which means that they are not */
  readonly kmsObjects: boolean | undefined;
}

export interface ReplicationConfiguration {
  /** Who is said to have set it; kept, not judged (the service takes any). */
  readonly role: string;
  readonly rules: readonly ReplicationRule[];
  /** ms since the epoch */
  readonly setMs: number;
}

type PackedRule = [
  string | null,
  boolean,
  number | null,
  string | [boolean, string[][]] | null,
  string,
  string | null,
  string | null,
  boolean | null,
  boolean | null,
];

function packScope(scope: ReplicationRule['scope']): PackedRule[3] {
  if (scope === undefined) return null;
  if ('prefix' in scope) return scope.prefix;
  return [scope.and, scope.conditions.map((c) => (c.kind === 'prefix' ? [c.prefix] : [c.key, c.value]))];
}

function unpackScope(packed: PackedRule[3]): ReplicationRule['scope'] {
  if (packed === null) return undefined;
  if (typeof packed === 'string') return { prefix: packed };
  const [and, conditions] = packed;
  return {
    and,
    conditions: conditions.map(([first, value]) =>
      value === undefined ? { kind: 'prefix', prefix: first! } : { kind: 'tag', key: first!, value },
    ),
  };
}

function packRule(r: ReplicationRule): PackedRule {
  const { bucket, storageClass, replicaKmsKeyId } = r.destination;
  return [
    r.id ?? null,
    r.enabled,
    r.priority ?? null,
    packScope(r.scope),
    bucket,
    storageClass ?? null,
    replicaKmsKeyId ?? null,
    r.deleteMarkers ?? null,
    r.kmsObjects ?? null,
  ];
}

function unpackRule([
  id,
  enabled,
  priority,
  scope,
  bucket,
  storageClass,
  key,
  markers,
  kms,
]: PackedRule): ReplicationRule {
  return {
    id: id ?? undefined,
    enabled,
    priority: priority ?? undefined,
    scope: unpackScope(scope),
    destination: { bucket, storageClass: storageClass ?? undefined, replicaKmsKeyId: key ?? undefined },
    deleteMarkers: markers ?? undefined,
    kmsObjects: kms ?? undefined,
  };
}

export const BUCKET_REPLICATION: BucketConfig<ReplicationConfiguration> = {
  name: 'replication',
  pack: ({ role, rules, setMs }) => pack([1, role, rules.map(packRule), setMs]),
  unpack(stored) {
    const [, role, rules, setMs] = unpack(stored) as [number, string, PackedRule[], number];
    return { role, rules: rules.map(unpackRule), setMs };
  },
};
