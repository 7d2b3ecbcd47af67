/** Brings one version to one destination. Source: spec/buckets.md §22. */
import { CosError } from '../../errors/cos-error.ts';
import { resolveError } from '../../errors/resolve.ts';
import type { BodyStream } from '../../model/body.ts';
import { bucketConfig } from '../../model/bucket-configs.ts';
import { type BucketEntry, findBucket } from '../../model/buckets.ts';
import { openContent } from '../../model/content.ts';
import { contentStream } from '../../model/copy.ts';
import { currentKey, markerSlotKey, noncurrentKey } from '../../model/keys.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import { unpackObject } from '../../model/records/object.ts';
import type { Services } from '../../model/services.ts';
import { cipherOf } from '../../model/unseal.ts';
import type { Version } from '../../model/versions.ts';
import { StoreError } from '../../store/store.ts';
import type { EncryptionRequest } from '../encryption/record.ts';
import { ruleTo } from './match.ts';
import type { OutboxEntry, OutboxKey } from './outbox.ts';
import { RemoteError } from './remotes.ts';
import { placeReplica, type ReplicaMeta } from './replica.ts';
import { BUCKET_REPLICATION } from './rules.ts';

export type Delivery =
  | { readonly outcome: 'done' }
  /** The version, or its bucket, is no more. */
  | { readonly outcome: 'gone' }
  /** The destination will never have it. */
  | { readonly outcome: 'failed'; readonly reason: string }
  /** To be tried again: it alone, or all that goes to the destination. */
  | { readonly outcome: 'later' | 'away'; readonly reason: string };

/** Never throws. */
export async function deliver(
  services: Services,
  { key, bucketId, stamp }: OutboxKey,
  entry: OutboxEntry,
  signal: AbortSignal,
): Promise<Delivery> {
  try {
    const bucket = await findBucket(services, entry.source);
    if (bucket === undefined || !bucket.record.id.equals(bucketId)) return { outcome: 'gone' };
    const configuration = await bucketConfig(services, bucket, BUCKET_REPLICATION);
    if (configuration === undefined || !ruleTo(configuration, entry.destination.bucket)) {
      return { outcome: 'failed', reason: 'no rule asks for it any more' };
    }
    const version = await findStamp(services, bucket, key, stamp);
    if (version === undefined) return { outcome: 'gone' };
    return await send(services, bucket, key, version, entry, signal);
  } catch (error) {
    return deliveryOf(error);
  }
}

/** All places where a version can be, in one snapshot. */
export async function findStamp(
  services: Services,
  { record: { id } }: BucketEntry,
  key: string,
  stamp: number,
): Promise<Version | undefined> {
  const keys = [currentKey(id, key), markerSlotKey(id, key), noncurrentKey(id, key, stamp)];
  for (const row of await services.store.meta.get(keys)) {
    if (row === undefined) continue;
    const record = unpackObject(row.value);
    if (record.stamp === stamp) return { row, record };
  }
  return undefined;
}

const NO_BODY: BodyStream = { length: 0, readAll: async () => Buffer.alloc(0), async *chunks() {} };

async function send(
  services: Services,
  source: BucketEntry,
  key: string,
  version: Version,
  entry: OutboxEntry,
  signal: AbortSignal,
): Promise<Delivery> {
  const meta = metaOf(version.record, entry);
  const to = await receiverOf(services, source, entry, signal);
  if (meta.marker) {
    await to(key, meta, NO_BODY);
    return { outcome: 'done' };
  }
  const cipher = cipherOf(services, version.record.attributes, undefined, 'copy-source');
  const content = await openContent(services, source.record.id, version, cipher);
  try {
    await to(key, meta, contentStream(content, 0, content.size));
  } finally {
    await content.close();
  }
  return { outcome: 'done' };
}

type Receiver = (key: string, meta: ReplicaMeta, body: BodyStream) => Promise<unknown>;

/** @throws CosError for buckets that take nothing */
async function receiverOf(
  services: Services,
  { record: source }: BucketEntry,
  { destination }: OutboxEntry,
  signal: AbortSignal,
): Promise<Receiver> {
  const remote = services.remotes.find(destination.bucket, source.appid);
  if (remote === 'not-allowed') throw new CosError('AccessDenied');
  if (remote !== undefined) return (key, meta, body) => remote.send(destination, key, meta, body, signal);
  const bucket = await findBucket(services, destination.bucket);
  if (bucket === undefined || bucket.record.region !== destination.region) throw new CosError('NoSuchBucket');
  if (bucket.record.ownerUin !== source.ownerUin) throw new CosError('AccessDenied');
  return (key, meta, body) => placeReplica(services, bucket, key, meta, body);
}

function metaOf(record: ObjectRecord, { storageClass, replicaKmsKeyId }: OutboxEntry): ReplicaMeta {
  const { headers, userMeta, acl, extra } = record.attributes;
  const encryption = encryptionOf(record, replicaKmsKeyId);
  return {
    stamp: record.stamp,
    marker: record.kind === 'delete-marker',
    modifiedMs: record.modifiedMs,
    size: record.size,
    etag: record.etag,
    crc64: record.crc64,
    checksum: extra?.checksum?.type === 'FULL_OBJECT' ? extra.checksum : undefined,
    attributes: {
      headers,
      userMeta,
      storageClass: storageClass ?? record.storageClass,
      acl,
      ...(extra?.grants === undefined ? {} : { grants: extra.grants }),
      ...(extra?.tags === undefined ? {} : { tags: extra.tags }),
      ...(encryption === undefined ? {} : { encryption }),
    },
  };
}

/** As the source is; what is not encrypted follows the destination's default. */
function encryptionOf({ attributes }: ObjectRecord, keyId: string | undefined): EncryptionRequest | undefined {
  const encryption = attributes.extra?.encryption;
  if (encryption?.mode === 'cos') return { mode: 'cos' };
  if (encryption?.mode === 'kms') return { mode: 'kms', keyId, context: encryption.context };
  return undefined;
}

/** What may be otherwise next time, though the status says that it is the asker's fault. */
const PASSING: ReadonlySet<string> = new Set(['PathConflict', 'KmsException', 'KmsKeyDisabled', 'KmsFreqControl']);

function deliveryOf(error: unknown): Delivery {
  if (error instanceof RemoteError) {
    const outcome = error.failure === 'refused' ? 'failed' : error.failure;
    return { outcome, reason: error.message };
  }
  if (error instanceof StoreError) {
    const all = error.kind === 'full' || error.kind === 'failed' || error.kind === 'closed';
    return { outcome: all ? 'away' : 'later', reason: `store: ${error.kind}` };
  }
  if (!(error instanceof CosError)) return { outcome: 'later', reason: 'internal error' };
  const { code, status } = resolveError(error, 'seed');
  return { outcome: status >= 500 || PASSING.has(code) ? 'later' : 'failed', reason: code };
}
