/**
 * Finds the version a read names. Source: spec/objects.md §3.
 */
import { CosError } from '../errors/cos-error.ts';
import type { BucketEntry } from './buckets.ts';
import { currentKey } from './keys.ts';
import { type ObjectRecord, unpackObject } from './records/object.ts';
import type { Services } from './services.ts';
import { findVersion, type KeyState, readKeyState, type Version, versionIdOf } from './versions.ts';

export interface FoundObject extends Version {
  /** As the answer shows it; undefined where versioning was never set. */
  readonly versionId: string | undefined;
}

/**
 * @param versionId undefined reads the newest version
 * @throws CosError NoSuchKey, NoSuchVersion
 */
export async function readObject(
  services: Services,
  bucket: BucketEntry,
  key: string,
  versionId: string | undefined,
): Promise<FoundObject> {
  const { id, versioning } = bucket.record;
  if (versionId === undefined) {
    const [row] = await services.store.meta.get([currentKey(id, key)]);
    if (row === undefined) throw new CosError('NoSuchKey');
    const record = unpackObject(row.value);
    return { row, record, versionId: versioning === 'unset' ? undefined : versionIdOf(services, record) };
  }
  if (versioning === 'unset' && versionId !== 'null') throw new CosError('NoSuchVersion');
  const found = await findSettled(services, bucket, key, versionId);
  if (found === undefined) throw new CosError('NoSuchVersion');
  if (found.record.kind === 'delete-marker') {
    throw new CosError('NoSuchKey', { facts: { deleteMarker: versionId } });
  }
  return { ...found, versionId: versioning === 'unset' ? undefined : versionId };
}

/**
 * The object a symlink points to, in its newest version; other objects as they are. One level, never more.
 * @param judgeLink told of the link before its target is looked for
 * @throws CosError NoSuchKey (the target is gone), InvalidRequest (it is a symlink too), UnavailableForLegalReasons
 */
export async function resolveSymlink(
  services: Services,
  bucket: BucketEntry,
  object: FoundObject,
  judgeLink: (link: ObjectRecord) => void | Promise<void>,
): Promise<FoundObject> {
  if (object.record.kind !== 'symlink') return object;
  await judgeLink(object.record);
  const key = object.record.attributes.extra?.symlink ?? '';
  services.blocked?.requireReadable(bucket.record.name, key);
  const target = await readObject(services, bucket, key, undefined);
  if (target.record.kind === 'symlink') {
    throw new CosError('InvalidRequest', { message: 'The target of a symlink may not be a symlink.' });
  }
  return target;
}

/** A version may move between rows while it is looked for: "not there" counts only if the newest stayed the same. */
async function findSettled(
  services: Services,
  bucket: BucketEntry,
  key: string,
  versionId: string,
): Promise<Version | undefined> {
  let state = await readKeyState(services, bucket, key);
  for (let tried = 0; tried < 5; tried++) {
    const found = await findVersion(services, state, versionId);
    if (found !== undefined) return found;
    const again = await readKeyState(services, bucket, key);
    if (sameNewest(state, again)) return undefined;
    state = again;
  }
  throw new CosError('PathConflict');
}

function sameNewest(a: KeyState, b: KeyState): boolean {
  return (
    a.current?.row.version === b.current?.row.version &&
    a.marker?.row.version === b.marker?.row.version &&
    a.pointer?.version === b.pointer?.version
  );
}
