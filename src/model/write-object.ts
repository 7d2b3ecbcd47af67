/**
 * Makes a complete body the newest version of its key, or puts a delete marker there.
 * Source: spec/objects.md §3, §6.1, §6.2.
 */
import { CosError } from '../errors/cos-error.ts';
import type { Put } from '../store/meta-store.ts';
import { hasOwnAcl } from './acl-census.ts';
import { attempt, BUSY, type Planned } from './attempt.ts';
import { type BucketEntry, isBeingDeleted, loadBucket } from './buckets.ts';
import { type ChangeKind, isWatched, noteChange } from './changes.ts';
import { type DeleteConditions, judgeDelete } from './conditions.ts';
import { etagListHas } from './etag.ts';
import type { Ingested } from './ingest.ts';
import { lockFor, requireUnlocked } from './object-lock.ts';
import { giveAcl } from './own-acl.ts';
import { type ObjectAttributes, withExtra } from './records/attributes.ts';
import type { BucketRecord } from './records/bucket.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';
import { noteTouched } from './touched.ts';
import {
  type Draft,
  displaceNewest,
  draftFor,
  findVersion,
  type KeyState,
  putNewest,
  readKeyState,
  removeVersion,
  versionIdOf,
} from './versions.ts';

/** Conditions on the target of a write. ETags as sent, quotes included. */
export interface WriteConditions {
  /** Raises FileAlreadyExists; only where versioning was never set (spec/objects.md §6.1). */
  readonly forbidOverwrite: boolean;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** What it is called when other writers leave no moment to judge ETags in. Default: `PathConflict`. */
  readonly contended?: 'PathConflict' | 'ConditionalRequestConflict';
}

export const UNCONDITIONAL: WriteConditions = { forbidOverwrite: false, ifMatch: undefined, ifNoneMatch: undefined };

export interface NewObject extends Pick<ObjectRecord, 'kind' | 'size' | 'etag' | 'crc64' | 'attributes' | 'parts'> {
  /** How it came; default: `put`. */
  readonly by?: ChangeKind;
  readonly blob?: Put['blob'];
  readonly manifest?: ObjectRecord['manifest'];
}

/** An object whose bytes are one body. */
export function singleBody(
  { size, etag, crc64, blob, nonce, checksum }: Ingested,
  attributes: ObjectAttributes,
): NewObject {
  const own =
    nonce === undefined && checksum === undefined
      ? attributes
      : withExtra(attributes, {
          ...(nonce === undefined ? {} : { nonce }),
          ...(checksum === undefined ? {} : { checksum: { ...checksum, type: 'FULL_OBJECT' } }),
        });
  if (blob === undefined) return { kind: 'normal', size, etag, crc64, attributes: own, parts: 0 };
  return { kind: 'normal', size, etag, crc64, attributes: own, parts: 0, blob };
}

export interface Written {
  readonly record: ObjectRecord;
  /** The bucket's state that the write was judged by. */
  readonly versioning: BucketEntry['record']['versioning'];
  readonly versionId: string;
  /** Of the version that went for it. */
  readonly freedBytes: number;
}

/** @throws CosError ObjectLocked, FileAlreadyExists, PreconditionFailed, NoSuchKey */
export function judgeWrite(services: Services, state: KeyState, conditions: WriteConditions): void {
  const current = state.current?.record;
  if (current !== undefined && state.bucket.record.versioning === 'unset') requireUnlocked(services, current);
  const { forbidOverwrite, ifMatch, ifNoneMatch } = conditions;
  if (forbidOverwrite && current !== undefined && state.bucket.record.versioning === 'unset') {
    throw new CosError('FileAlreadyExists');
  }
  if (ifNoneMatch !== undefined && current !== undefined && etagListHas(ifNoneMatch, `"${current.etag}"`, true)) {
    throw new CosError('PreconditionFailed');
  }
  if (ifMatch !== undefined) {
    if (current === undefined) throw new CosError('NoSuchKey');
    if (!etagListHas(ifMatch, `"${current.etag}"`, false)) throw new CosError('PreconditionFailed');
  }
}

/**
 * Runs a change of one key: waits its turn, reads the state, plans, commits, and starts again when somebody else was
 * faster. @param name the bucket's full name
 */
export function changeKey<T>(
  services: Services,
  bucket: BucketEntry,
  key: string,
  plan: (state: KeyState) => Promise<Planned<T> | typeof BUSY>,
): Promise<T> {
  let first: BucketEntry | undefined = bucket;
  const { name, id } = bucket.record;
  return services.locks.run(id.toString('latin1') + key, () =>
    attempt(services, async () => {
      const entry: BucketEntry = first ?? (await loadBucket(services, name));
      first = undefined;
      if (isBeingDeleted(services, entry)) return BUSY;
      return plan(await readKeyState(services, entry, key));
    }),
  );
}

/** A stamp above the clock's and above every stamp the key has had, so that a clock set back cannot reorder versions. */
export function nextStamp(services: Services, state: KeyState): number {
  const newest = state.current ?? state.marker;
  return Math.max(services.ids.versionStamp(), (newest?.record.stamp ?? 0) + 1);
}

/** Where the bucket has a default retention, it counts from the moment the version appears. */
export function withDefaultLock(
  services: Services,
  bucket: BucketRecord,
  { attributes, kind }: Pick<NewObject, 'attributes' | 'kind'>,
): ObjectAttributes {
  if (bucket.objectLock === undefined || attributes.extra?.lock !== undefined || kind === 'delete-marker') {
    return attributes;
  }
  const lock = lockFor(services, bucket, undefined);
  return lock === undefined ? attributes : withExtra(attributes, { lock });
}

export function stampRecord(services: Services, state: KeyState, object: NewObject): ObjectRecord {
  // Field by field: copying the rest of an object takes longer than everything else here.
  const record = {
    stamp: nextStamp(services, state),
    isNull: state.bucket.record.versioning !== 'enabled',
    kind: object.kind,
    size: object.size,
    etag: object.etag,
    crc64: object.crc64,
    modifiedMs: services.clock.nowMs(),
    storageClass: object.attributes.storageClass,
    attributes: withDefaultLock(services, state.bucket.record, object),
    parts: object.parts,
  };
  return object.manifest === undefined ? record : { ...record, manifest: object.manifest };
}

/**
 * @param extend adds further rows to the commit that publishes the object (multipart, extents)
 * @throws CosError those of `judgeWrite`; NoSuchBucket, PathConflict, UploadConflict, PolicyFull, AttachmentFull
 */
export async function publishObject(
  services: Services,
  bucket: BucketEntry,
  key: string,
  object: NewObject,
  conditions: WriteConditions = UNCONDITIONAL,
  extend?: (draft: Draft, record: ObjectRecord, state: KeyState) => void,
): Promise<Written> {
  requireRate(services, bucket, key);
  const published = changeKey(services, bucket, key, async (state) => {
    judgeWrite(services, state, conditions);
    const draft = draftFor(state);
    const stamped = stampRecord(services, state, object);
    const record = isWatched(services, state.bucket)
      ? await noteChange(services, draft, state, { kind: object.by ?? 'put', record: stamped })
      : stamped;
    await displaceNewest(services, draft, state);
    putNewest(draft, state, record, object.blob);
    extend?.(draft, record, state);
    if (hasOwnAcl(record.attributes)) await giveAcl(services, draft, state, record);
    const written: Written = {
      record,
      versioning: state.bucket.record.versioning,
      versionId: versionIdOf(services, record),
      freedBytes: draft.freedBytes,
    };
    return { commit: draft.commit(), result: written, settled: draft.settled };
  });
  const { contended, ifMatch, ifNoneMatch } = conditions;
  if (contended === undefined || (ifMatch === undefined && ifNoneMatch === undefined)) return published;
  return published.catch((error: unknown) => {
    throw error instanceof CosError && error.code === 'PathConflict' ? new CosError(contended) : error;
  });
}

/** One key may be written so often a second. */
function requireRate({ keyWrites }: Services, { record }: BucketEntry, key: string): void {
  if (keyWrites !== undefined && !keyWrites.take(record.id.toString('latin1') + key)) {
    throw new CosError('UploadConflict');
  }
}

export interface Deleted {
  /** The version removed for good, as asked for. */
  readonly versionId?: string;
  /** The marker that was made, or that was removed. */
  readonly markerVersionId?: string;
  /** What was made or removed. */
  readonly record?: ObjectRecord;
  /** Of the version that went for good. */
  readonly freedBytes?: number;
}

export interface DeleteOptions extends DeleteConditions {
  /** Lifts a retention of GOVERNANCE. */
  readonly bypassGovernance?: boolean;
}

/**
 * DELETE Object and one key of DELETE Multiple Objects.
 * @param versionId removes exactly that version; undefined deletes what is newest, by the bucket's versioning
 * @param conditions judged of the newest version, or of the one that `versionId` names
 * @throws CosError PreconditionFailed, NoSuchKey, NoSuchBucket, PathConflict
 */
export function deleteObject(
  services: Services,
  bucket: BucketEntry,
  key: string,
  versionId: string | undefined,
  conditions: DeleteOptions = ALWAYS,
): Promise<Deleted> {
  return changeKey<Deleted>(services, bucket, key, async (state) => {
    const versioning = state.bucket.record.versioning;
    if (versionId !== undefined && !(versioning === 'unset' && versionId === 'null')) {
      return deleteVersion(services, state, versionId, conditions);
    }
    if (judgeDelete(conditions, state.current?.record, state.marker?.record) === 'nothing-there') return { result: {} };
    if (versioning === 'unset') {
      if (state.current === undefined) return { result: {} };
      const draft = draftFor(state);
      draft.bypassGovernance = conditions.bypassGovernance === true;
      if (isWatched(services, state.bucket)) {
        await noteChange(services, draft, state, { kind: 'delete', record: state.current.record });
      }
      await removeVersion(services, draft, state, state.current);
      return { commit: draft.commit(), result: removal(draft, state.current.record) };
    }
    return addMarker(services, state);
  });
}

const removal = (draft: Draft, record: ObjectRecord) => ({ record, freedBytes: draft.freedBytes });

const ALWAYS: DeleteOptions = {};

/** @param by what to tell watchers of the bucket */
export async function addMarker(
  services: Services,
  state: KeyState,
  by: ChangeKind = 'delete-marker',
): Promise<Planned<Deleted>> {
  const stamped = stampRecord(services, state, {
    kind: 'delete-marker',
    size: 0,
    etag: '',
    crc64: undefined,
    attributes: { headers: { contentType: '' }, userMeta: [], storageClass: 'STANDARD', acl: 'default' },
    parts: 0,
  });
  const draft = draftFor(state);
  const record = isWatched(services, state.bucket)
    ? await noteChange(services, draft, state, { kind: by, record: stamped })
    : stamped;
  await displaceNewest(services, draft, state);
  putNewest(draft, state, record, undefined);
  // It may be that nothing is left below it.
  if (state.current === undefined || state.bucket.record.versioning === 'suspended') noteTouched(draft, state);
  return {
    commit: draft.commit(),
    result: { markerVersionId: versionIdOf(services, record), ...removal(draft, record) },
  };
}

async function deleteVersion(
  services: Services,
  state: KeyState,
  versionId: string,
  conditions: DeleteOptions,
): Promise<Planned<Deleted>> {
  const target = await findVersion(services, state, versionId);
  judgeDelete(conditions, target?.record);
  if (target === undefined) {
    return { commit: { checks: draftFor(state).checks }, result: { versionId } };
  }
  const draft = draftFor(state);
  draft.bypassGovernance = conditions.bypassGovernance === true;
  if (isWatched(services, state.bucket)) {
    await noteChange(services, draft, state, { kind: 'delete', record: target.record });
  }
  await removeVersion(services, draft, state, target);
  const isMarker = target.record.kind === 'delete-marker';
  const marker = isMarker ? { markerVersionId: versionId } : {};
  return { commit: draft.commit(), result: { versionId, ...marker, ...removal(draft, target.record) } };
}
