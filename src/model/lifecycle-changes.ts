/**
 * What lifecycle does to versions. Each change holds only while the bucket and the version are the very rows that were
 * judged. Source: spec/buckets.md §12.
 */
import type { Commit, Row } from '../store/meta-store.ts';
import type { BucketEntry } from './buckets.ts';
import { isWatched, noteChange } from './changes.ts';
import { afterPrefix, versionsOfKey } from './keys.ts';
import { withExtra } from './records/attributes.ts';
import { packObject, unpackObject } from './records/object.ts';
import { replaceAttributes } from './restore.ts';
import type { Services } from './services.ts';
import { isTiered } from './storage-class.ts';
import { type Draft, draftFor, type KeyState, removeVersion, type Version } from './versions.ts';
import { addMarker, changeKey } from './write-object.ts';

/** `changed`: something is not as it was judged, and nothing was done. */
export type Outcome = 'done' | 'changed';

/** What was judged. */
export interface Judged {
  /** With the rules that were judged by. */
  readonly bucket: BucketEntry;
  readonly key: string;
  /** The version as it was read. */
  readonly row: Row;
}

/** The bucket, and with it perhaps the rules, is not as it was when they were read: to be judged again. */
export class BucketChanged extends Error {}

/** Expires a current version: deletes it where versioning was never set, else puts a delete marker on it. */
export function expireCurrent(services: Services, judged: Judged): Promise<Outcome> {
  return change(services, judged, async (state, draft, version) => {
    if (version !== state.current) return undefined;
    if (state.bucket.record.versioning !== 'unset') {
      const { commit } = await addMarker(services, state, 'lifecycle-marker');
      return commit;
    }
    await note(services, draft, state, version);
    await removeVersion(services, draft, state, version);
    return draft.commit();
  });
}

/** Removes a noncurrent version for good, and the delete marker that nothing but it was under. */
export function expireNoncurrent(services: Services, judged: Judged): Promise<Outcome> {
  return change(services, judged, async (state, draft, version) => {
    if (version === state.current || version === state.marker) return undefined;
    const { marker } = state;
    await note(services, draft, state, version);
    const alone = marker !== undefined && (await standAlone(services, state, [marker.row, version.row]));
    await removeVersion(services, draft, state, version);
    if (alone) draft.deletes.push(marker.row.key);
    return draft.commit();
  });
}

/** Removes a delete marker of a key that has nothing else: those below the newest one first. */
export function removeMarker(services: Services, judged: Judged): Promise<Outcome> {
  return change(services, judged, async (state, draft, version) => {
    const { marker } = state;
    if (marker === undefined) return undefined;
    if (version === marker && !(await standAlone(services, state, [marker.row]))) return undefined;
    await note(services, draft, state, version);
    await removeVersion(services, draft, state, version);
    return draft.commit();
  });
}

/** Moves a version to another storage class; nothing else of it changes. @param storageClass upper case */
export function moveVersion(services: Services, judged: Judged, storageClass: string): Promise<Outcome> {
  return change(services, judged, async ({ currentKey }, draft, { row, record }) => {
    const basis = { ...record.attributes, storageClass };
    // Tiering counts from here: a tiered object starts in the frequent tier.
    const attributes = isTiered(storageClass) ? withExtra(basis, { accessedMs: services.clock.nowMs() }) : basis;
    const moved = { ...replaceAttributes(record, attributes), storageClass };
    if (!row.key.equals(currentKey)) draft.check(row.key, row);
    draft.put({ key: row.key, value: packObject(moved), ...(row.blob === undefined ? {} : { blob: row.blob }) });
    return draft.commit();
  });
}

function change(
  services: Services,
  { bucket, key, row }: Judged,
  plan: (state: KeyState, draft: Draft, version: Version) => Promise<Commit | undefined>,
): Promise<Outcome> {
  return changeKey<Outcome>(services, bucket, key, async (state) => {
    if (state.bucket.row.version !== bucket.row.version) throw new BucketChanged();
    const newest = [state.current, state.marker].find((version) => version?.row.key.equals(row.key));
    const version = newest ?? { row, record: unpackObject(row.value) };
    const now = newest?.row ?? (await services.store.meta.get([row.key]))[0];
    if (now?.version !== row.version) return { result: 'changed' };
    const draft = draftFor(state);
    const commit = await plan(state, draft, version);
    if (commit === undefined) return { result: 'changed' };
    return { commit, result: 'done', settled: draft.settled };
  });
}

/** Whether these rows are all versions that the key has. They can only become fewer while the newest one stays. */
async function standAlone(services: Services, state: KeyState, rows: readonly Row[]): Promise<boolean> {
  if (state.current !== undefined) return false;
  const from = versionsOfKey(state.bucket.record.id, state.key);
  const page = await services.store.meta.scan({ from, to: afterPrefix(from), limit: rows.length + 1 });
  return page.rows.length === rows.length && page.rows.every((row, at) => row.key.equals(rows[at]!.key));
}

async function note(services: Services, draft: Draft, state: KeyState, { record }: Version): Promise<void> {
  if (isWatched(services, state.bucket)) await noteChange(services, draft, state, { kind: 'lifecycle-delete', record });
}
