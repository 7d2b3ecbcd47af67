/**
 * Puts a replica into its place at the destination: under the version id of its source, however late it comes, and once
 * however often it is sent. Source: spec/buckets.md §22.
 */
import { CosError } from '../../errors/cos-error.ts';
import { hasOwnAcl } from '../../model/acl-census.ts';
import { admit, type RequestedAttributes } from '../../model/admission.ts';
import type { Planned } from '../../model/attempt.ts';
import type { BodyStream } from '../../model/body.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import { isWatched, noteChange } from '../../model/changes.ts';
import { type ExpectedDigests, type Ingested, NO_DIGESTS, withIngested } from '../../model/ingest.ts';
import { noncurrentKey } from '../../model/keys.ts';
import { giveAcl } from '../../model/own-acl.ts';
import { type ObjectAttributes, withExtra } from '../../model/records/attributes.ts';
import type { Checksum } from '../../model/records/checksum.ts';
import { type ObjectRecord, packObject } from '../../model/records/object.ts';
import type { Services } from '../../model/services.ts';
import { noteTouched } from '../../model/touched.ts';
import { displaceNewest, draftFor, findVersion, type KeyState, putNewest, readKeyState } from '../../model/versions.ts';
import { changeKey, withDefaultLock } from '../../model/write-object.ts';
import type { Put } from '../../store/meta-store.ts';

/** What a replica is to be, beside its bytes. */
export interface ReplicaMeta {
  /** Of the source: µs since the epoch, and with it the version id. */
  readonly stamp: number;
  readonly marker: boolean;
  /** Of the source, ms since the epoch. */
  readonly modifiedMs: number;
  /** bytes */
  readonly size: number;
  /** Of the source, without quotes. */
  readonly etag: string;
  /** Of the content, eight bytes big-endian; undefined where the source does not know it. */
  readonly crc64: Buffer | undefined;
  /** Of the content, as its uploader gave it; those of parts stay with the parts, which replicas have not. */
  readonly checksum?: Checksum | undefined;
  /** Without a lock: the destination has its own rules. */
  readonly attributes: Omit<RequestedAttributes, 'lock'>;
}

export type Placed = 'placed' | 'present';

const MARKER: ObjectAttributes = {
  headers: { contentType: '' },
  userMeta: [],
  storageClass: 'STANDARD',
  acl: 'default',
};

/**
 * @param body not read when the version is there already
 * @throws CosError InvalidBucketState (versioning is not enabled), FileAlreadyExists (another version has the id),
 *   BadDigest, NoSuchBucket, PathConflict, and those of `admit` and of `publishObject`
 */
export async function placeReplica(
  services: Services,
  bucket: BucketEntry,
  key: string,
  meta: ReplicaMeta,
  body: BodyStream,
): Promise<Placed> {
  requireReceiving(bucket);
  if (await isPlaced(services, await readKeyState(services, bucket, key), meta)) return 'present';
  if (meta.marker) {
    return change(services, bucket, key, meta, {
      ...skeleton(meta, 'delete-marker'),
      etag: '',
      crc64: undefined,
      attributes: MARKER,
      storageClass: MARKER.storageClass,
    });
  }
  const { attributes, seal } = admit(services, bucket.record, meta.attributes);
  const store = async (ingested: Ingested): Promise<Placed> => {
    const { size, crc64, nonce, blob, checksum } = ingested;
    if (size !== meta.size || (meta.crc64 !== undefined && !meta.crc64.equals(crc64))) throw new CosError('BadDigest');
    // Where only the destination hides the MD5, the source's would tell it.
    const hides = seal?.opaqueEtag === true && meta.attributes.encryption?.mode !== 'kms';
    const own = withExtra(attributes, {
      nonce,
      replication: { replica: true },
      ...(checksum === undefined ? {} : { checksum: { ...checksum, type: 'FULL_OBJECT' } }),
    });
    const object = {
      ...skeleton(meta, 'normal'),
      etag: hides ? ingested.etag : meta.etag,
      crc64,
      attributes: withDefaultLock(services, bucket.record, { attributes: own, kind: 'normal' }),
      storageClass: attributes.storageClass,
    };
    const placed = await change(services, bucket, key, meta, object, blob);
    if (placed === 'present' && blob !== undefined) await services.store.blobs.discard(blob);
    return placed;
  };
  return withIngested(services, body, Number.MAX_SAFE_INTEGER, digestsOf(meta), store, seal);
}

function digestsOf({ checksum }: ReplicaMeta): ExpectedDigests {
  if (checksum === undefined) return NO_DIGESTS;
  return { ...NO_DIGESTS, checksum: { algorithm: checksum.algorithm, expected: checksum.value } };
}

/** @throws CosError InvalidBucketState */
export function requireReceiving({ record }: BucketEntry): void {
  if (record.versioning === 'enabled') return;
  throw new CosError('InvalidBucketState', { message: 'Versioning is not enabled on the destination bucket.' });
}

type Skeleton = Pick<ObjectRecord, 'stamp' | 'isNull' | 'kind' | 'size' | 'modifiedMs' | 'parts'>;

function skeleton({ stamp, size, modifiedMs }: ReplicaMeta, kind: ObjectRecord['kind']): Skeleton {
  return { stamp, isNull: false, kind, size, modifiedMs, parts: 0 };
}

/** @throws CosError FileAlreadyExists */
async function isPlaced(services: Services, state: KeyState, { stamp, marker }: ReplicaMeta): Promise<boolean> {
  const found = await findVersion(services, state, services.ids.versionIdOf(stamp));
  if (found === undefined) return false;
  const { kind, attributes } = found.record;
  const same = marker ? kind === 'delete-marker' : attributes.extra?.replication !== undefined;
  if (same) return true;
  throw new CosError('FileAlreadyExists', { message: 'Another version of the object has the version id.' });
}

function change(
  services: Services,
  bucket: BucketEntry,
  key: string,
  meta: ReplicaMeta,
  record: ObjectRecord,
  blob?: Put['blob'],
): Promise<Placed> {
  return changeKey<Placed>(services, bucket, key, async (state) => {
    requireReceiving(state.bucket);
    if (await isPlaced(services, state, meta)) return { result: 'present' };
    return place(services, state, record, blob);
  });
}

/** On top where it is the newest, else among the noncurrent versions. */
async function place(
  services: Services,
  state: KeyState,
  given: ObjectRecord,
  blob: Put['blob'],
): Promise<Planned<Placed>> {
  const draft = draftFor(state);
  const record = isWatched(services, state.bucket)
    ? await noteChange(services, draft, state, { kind: 'replica', record: given })
    : given;
  const newest = state.current ?? state.marker;
  if (newest === undefined || newest.record.stamp < record.stamp) {
    await displaceNewest(services, draft, state);
    putNewest(draft, state, record, blob);
    if (record.kind === 'delete-marker' && state.current === undefined) noteTouched(draft, state);
  } else {
    const row = noncurrentKey(state.bucket.record.id, state.key, record.stamp);
    draft.check(row, undefined);
    draft.put({ key: row, value: packObject(record), ...(blob === undefined ? {} : { blob }) });
    noteTouched(draft, state);
  }
  if (hasOwnAcl(record.attributes)) await giveAcl(services, draft, state, record);
  return { commit: draft.commit(), result: 'placed', settled: draft.settled };
}
