/**
 * The versions of one object key: what a write, a delete and a removal of one version do to the rows.
 * Source of the rules: spec/objects.md §3.
 */
import { CosError } from '../errors/cos-error.ts';
import type { Check, Commit, Put, Row } from '../store/meta-store.ts';
import { hasOwnAcl } from './acl-census.ts';
import type { BucketEntry } from './buckets.ts';
import { dropContent } from './deletions.ts';
import { aclKey, currentKey, invert, markerSlotKey, noncurrentKey, nullPointerKey, versionsOfKey } from './keys.ts';
import { requireUnlocked } from './object-lock.ts';
import { type ObjectRecord, packObject, unpackObject } from './records/object.ts';
import type { Services } from './services.ts';
import { noteTouched } from './touched.ts';

export interface Version {
  readonly row: Row;
  readonly record: ObjectRecord;
}

/** What a commit is built from. */
export class Draft {
  readonly checks: Check[] = [];
  readonly guards: Check[] = [];
  readonly puts: Put[] = [];
  readonly deletes: Buffer[] = [];
  /** Retentions of GOVERNANCE do not keep versions from being dropped. */
  bypassGovernance = false;
  /** Of versions that go for good. */
  freedBytes = 0;
  /** Belongs into `Planned` with the commit. */
  settled: ((committed: boolean) => void) | undefined;

  put(put: Put | undefined): void {
    if (put !== undefined) this.puts.push(put);
  }

  check(key: Buffer, row: Row | undefined): void {
    this.checks.push({ key, version: row?.version ?? 0 });
  }

  commit(): Commit {
    return { checks: this.checks, guards: this.guards, puts: this.puts, deletes: this.deletes };
  }
}

/** The newest version of a key and everything that hangs on it. */
export interface KeyState {
  readonly bucket: BucketEntry;
  readonly key: string;
  readonly currentKey: Buffer;
  readonly slotKey: Buffer | undefined;
  readonly pointerKey: Buffer | undefined;
  /** The newest version when it is an object. */
  readonly current: Version | undefined;
  /** The newest version when it is a delete marker. */
  readonly marker: Version | undefined;
  /** Where a noncurrent `null` version lies. */
  readonly pointer: Row | undefined;
}

const version = (row: Row | undefined): Version | undefined =>
  row === undefined ? undefined : { row, record: unpackObject(row.value) };

/** Reads a key's state together with its bucket's row, in one snapshot. Unversioned buckets need two rows, others four. */
export async function readKeyState(services: Services, bucket: BucketEntry, key: string): Promise<KeyState> {
  const current = currentKey(bucket.record.id, key);
  if (bucket.record.versioning === 'unset') {
    const [row] = await services.store.meta.get([current]);
    return {
      bucket,
      key,
      currentKey: current,
      slotKey: undefined,
      pointerKey: undefined,
      current: version(row),
      marker: undefined,
      pointer: undefined,
    };
  }
  const slotKey = markerSlotKey(bucket.record.id, key);
  const pointerKey = nullPointerKey(bucket.record.id, key);
  const [row, slot, pointer] = await services.store.meta.get([current, slotKey, pointerKey]);
  return {
    bucket,
    key,
    currentKey: current,
    slotKey,
    pointerKey,
    current: version(row),
    marker: version(slot),
    pointer,
  };
}

/** Starts a draft that holds only while the bucket's row and the key's newest version stay as read. */
export function draftFor(state: KeyState): Draft {
  const draft = new Draft();
  draft.guards.push({ key: state.bucket.row.key, version: state.bucket.row.version });
  draft.check(state.currentKey, state.current?.row);
  if (state.slotKey !== undefined) draft.check(state.slotKey, state.marker?.row);
  if (state.pointerKey !== undefined) draft.check(state.pointerKey, state.pointer);
  return draft;
}

/** Moves a version that was the newest among the noncurrent ones. */
function retire(draft: Draft, state: KeyState, { row, record }: Version): void {
  const key = noncurrentKey(state.bucket.record.id, state.key, record.stamp);
  draft.put({ key, value: row.value, ...(row.blob === undefined ? {} : { blob: row.blob }) });
  if (record.isNull) draft.put({ key: state.pointerKey!, value: pointerValue(record.stamp) });
}

function pointerValue(stamp: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigUInt64BE(invert(stamp));
  return out;
}

/** Row key of the noncurrent null version that a pointer row names. */
export function pointedKey(state: KeyState, pointer: Row): Buffer {
  const stamp = Number(0xffff_ffff_ffff_ffffn - pointer.value.readBigUInt64BE(0));
  return noncurrentKey(state.bucket.record.id, state.key, stamp);
}

/**
 * Makes room for a new newest version: what was the newest becomes noncurrent, or goes where the new one takes its
 * place (unversioned bucket; `null` version of a suspended one).
 */
export async function displaceNewest(services: Services, draft: Draft, state: KeyState): Promise<void> {
  const { bucket, current, marker, pointer } = state;
  if (bucket.record.versioning === 'unset') {
    if (current !== undefined) drop(services, draft, state, current);
    return;
  }
  const newest = current ?? marker;
  const replacesNull = bucket.record.versioning === 'suspended';
  if (newest !== undefined) {
    if (replacesNull && newest.record.isNull) drop(services, draft, state, newest);
    else retire(draft, state, newest);
  }
  if (replacesNull && pointer !== undefined) await removeNullVersion(services, draft, state, pointer);
}

/** The row that stands for a version's own ACL: it moves with no version, only comes and goes. */
export function aclKeyOf({ bucket: { record: bucket }, key }: KeyState, { stamp }: ObjectRecord): Buffer {
  return aclKey(bucket.appid, bucket.id, stamp, key);
}

/** A version goes for good: its bytes are freed later. @throws CosError ObjectLocked */
function drop(services: Services, draft: Draft, state: KeyState, { row, record }: Version): void {
  requireUnlocked(services, record, draft.bypassGovernance);
  draft.freedBytes += record.size;
  if (hasOwnAcl(record.attributes)) draft.deletes.push(aclKeyOf(state, record));
  draft.put(dropContent(services, state.bucket.record.id, row, record));
}

async function removeNullVersion(services: Services, draft: Draft, state: KeyState, pointer: Row): Promise<void> {
  const key = pointedKey(state, pointer);
  const [row] = await services.store.meta.get([key]);
  draft.check(key, row);
  if (row !== undefined) {
    draft.deletes.push(key);
    drop(services, draft, state, { row, record: unpackObject(row.value) });
  }
  draft.deletes.push(pointer.key);
}

/** The newest noncurrent version takes the place that `removed` leaves. */
async function promoteNext(services: Services, draft: Draft, state: KeyState): Promise<void> {
  const from = noncurrentFrom(state);
  const to = Buffer.concat([versionsOfKey(state.bucket.record.id, state.key), Buffer.from([2])]);
  const { rows } = await services.store.meta.scan({ from, to, limit: 1 });
  const next = rows[0];
  if (next === undefined) return;
  noteTouched(draft, state);
  const record = unpackObject(next.value);
  draft.check(next.key, next);
  draft.deletes.push(next.key);
  if (record.isNull) draft.deletes.push(state.pointerKey!);
  const key = record.kind === 'delete-marker' ? state.slotKey! : state.currentKey;
  draft.put({ key, value: next.value, ...(next.blob === undefined ? {} : { blob: next.blob }) });
}

function noncurrentFrom(state: KeyState): Buffer {
  return Buffer.concat([versionsOfKey(state.bucket.record.id, state.key), Buffer.from([1])]);
}

/** A version id as the protocol writes it: `null` or the text made from the stamp. */
export function versionIdOf(services: Services, record: ObjectRecord): string {
  return record.isNull ? 'null' : services.ids.versionIdOf(record.stamp);
}

/**
 * Finds the version that an id names.
 * @returns undefined when there is none: malformed ids name nothing
 */
export async function findVersion(
  services: Services,
  state: KeyState,
  versionId: string,
): Promise<Version | undefined> {
  const newest = state.current ?? state.marker;
  if (versionId === 'null') {
    if (newest?.record.isNull) return newest;
    if (state.pointer === undefined) return undefined;
    const [row] = await services.store.meta.get([pointedKey(state, state.pointer)]);
    return version(row);
  }
  const stamp = services.ids.parseVersionId(versionId);
  if (stamp === undefined || state.slotKey === undefined) return undefined;
  if (newest !== undefined && newest.record.stamp === stamp) return newest.record.isNull ? undefined : newest;
  const [row] = await services.store.meta.get([noncurrentKey(state.bucket.record.id, state.key, stamp)]);
  const found = version(row);
  return found === undefined || found.record.isNull ? undefined : found;
}

/** Drafts the removal of one version for good; the next older one becomes the newest where it was. */
export async function removeVersion(
  services: Services,
  draft: Draft,
  state: KeyState,
  removed: Version,
): Promise<void> {
  drop(services, draft, state, removed);
  const isNewest = removed === state.current || removed === state.marker;
  if (isNewest) {
    draft.deletes.push(removed.row.key);
    if (state.slotKey !== undefined) await promoteNext(services, draft, state);
    settle(draft);
    return;
  }
  draft.check(removed.row.key, removed.row);
  draft.deletes.push(removed.row.key);
  if (removed.record.isNull) draft.deletes.push(state.pointerKey!);
  if (state.marker !== undefined) noteTouched(draft, state);
}

/** A key that is put need not be deleted in the same commit. */
function settle(draft: Draft): void {
  for (const put of draft.puts) {
    const at = draft.deletes.findIndex((key) => key.equals(put.key));
    if (at >= 0) draft.deletes.splice(at, 1);
  }
}

/** Puts the new newest version of a key, an object or a delete marker, after `displaceNewest`. */
export function putNewest(draft: Draft, state: KeyState, record: ObjectRecord, blob: Put['blob']): void {
  const isMarker = record.kind === 'delete-marker';
  const key = isMarker ? state.slotKey : state.currentKey;
  if (key === undefined) throw new CosError('InternalError', { message: 'delete marker in an unversioned bucket' });
  draft.put({ key, value: packObject(record), ...(blob === undefined ? {} : { blob }) });
  if (isMarker && state.current !== undefined) draft.deletes.push(state.currentKey);
  if (!isMarker && state.marker !== undefined) draft.deletes.push(state.marker.row.key);
  settle(draft);
}
