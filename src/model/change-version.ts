/**
 * Changes what is known of one version without touching its bytes, its modification time or its ETag: tags, ACL,
 * retention, restore. Source: spec/objects.md §2.10, §3.
 */
import { CosError } from '../errors/cos-error.ts';
import type { BucketEntry } from './buckets.ts';
import { type ChangeKind, isWatched, noteChange } from './changes.ts';
import { changeAcl } from './own-acl.ts';
import { type ObjectRecord, packObject } from './records/object.ts';
import type { Services } from './services.ts';
import { noteTouched } from './touched.ts';
import { draftFor, findVersion, type KeyState, type Version } from './versions.ts';
import { changeKey } from './write-object.ts';

/**
 * @param versionId undefined takes the newest version
 * @param change gives the new record, or undefined to leave it; called again when somebody else was faster
 * @param by what to tell watchers of the bucket; undefined: nothing they have to know
 * @returns the record as it is now
 * @throws CosError NoSuchKey, NoSuchVersion, PathConflict, PolicyFull, AttachmentFull, and what `change` throws
 */
export function changeVersion(
  services: Services,
  bucket: BucketEntry,
  key: string,
  versionId: string | undefined,
  change: (record: ObjectRecord) => ObjectRecord | undefined,
  by?: ChangeKind,
): Promise<ObjectRecord> {
  return changeKey<ObjectRecord>(services, bucket, key, async (state) => {
    const { row, record } = await versionNamed(services, state, versionId);
    const planned = change(record);
    if (planned === undefined) return { result: record };
    const draft = draftFor(state);
    const changed =
      by !== undefined && isWatched(services, state.bucket)
        ? await noteChange(services, draft, state, { kind: by, record: planned })
        : planned;
    const isNewest = row.key.equals(state.currentKey);
    if (!isNewest) draft.check(row.key, row);
    draft.put({ key: row.key, value: packObject(changed), ...(row.blob === undefined ? {} : { blob: row.blob }) });
    if (changed.attributes.extra?.tags !== record.attributes.extra?.tags) noteTouched(draft, state);
    if (changed.attributes !== record.attributes) await changeAcl(services, draft, state, record, changed);
    return { commit: draft.commit(), result: changed, settled: draft.settled };
  });
}

async function versionNamed(services: Services, state: KeyState, versionId: string | undefined): Promise<Version> {
  if (versionId === undefined) {
    if (state.current === undefined) throw new CosError('NoSuchKey');
    return state.current;
  }
  const unversioned = state.bucket.record.versioning === 'unset';
  const found = unversioned && versionId !== 'null' ? undefined : await findVersion(services, state, versionId);
  if (found === undefined) throw new CosError('NoSuchVersion');
  if (found.record.kind === 'delete-marker') throw new CosError('NoSuchKey', { facts: { deleteMarker: versionId } });
  return found;
}
