/**
 * Who has to know of changes of a bucket's objects: features whose configuration the bucket has. What they add is part
 * of the commit that makes the change, so neither can be without the other (DESIGN §2).
 */
import type { BucketEntry } from './buckets.ts';
import type { ObjectRecord } from './records/object.ts';
import type { Services } from './services.ts';
import type { Draft, KeyState } from './versions.ts';

/** How an object came, or went. */
export type ChangeKind =
  | 'put'
  | 'post'
  | 'copy'
  | 'complete'
  | 'append'
  | 'origin'
  | 'replica'
  | 'delete'
  | 'delete-marker'
  | 'restore'
  | 'lifecycle-delete'
  | 'lifecycle-marker';

export interface Change {
  readonly kind: ChangeKind;
  /** The new version or marker, or the one that was named: deleted, restored. */
  readonly record: ObjectRecord;
}

/**
 * Told of a change before it is committed. It may add rows to the draft, and say that the new version gets another
 * record than was planned (its status of replication); it must not wait for anything but the store.
 */
export type ChangeWatcher = (
  services: Services,
  draft: Draft,
  state: KeyState,
  change: Change,
) => ObjectRecord | Promise<ObjectRecord>;

/** By the name of the configuration that a bucket must have for the watcher to be asked. */
export type ChangeWatchers = ReadonlyMap<string, ChangeWatcher>;

/** @returns the record to store */
export async function noteChange(
  services: Services,
  draft: Draft,
  state: KeyState,
  change: Change,
): Promise<ObjectRecord> {
  let { record } = change;
  for (const name of watchedConfigs(services, state.bucket)) {
    const watcher = services.changeWatchers.get(name)!;
    record = await watcher(services, draft, state, { kind: change.kind, record });
  }
  return record;
}

/** Whether anybody has to be told: nothing for nearly all buckets. */
export function isWatched({ changeWatchers }: Services, { record }: BucketEntry): boolean {
  return record.configs?.some((name) => changeWatchers.has(name)) === true;
}

function watchedConfigs({ changeWatchers }: Services, { record }: BucketEntry): readonly string[] {
  return record.configs?.filter((name) => changeWatchers.has(name)) ?? [];
}
