/**
 * Every version and delete marker of a bucket: key ascending, newest first. Current objects and the other versions lie
 * in two keyspaces, which are merged here. Source: spec/buckets.md §7.
 */

import { CosError } from '../../errors/cos-error.ts';
import { keySuccessor, laterOf } from '../../store/bytes.ts';
import type { Row } from '../../store/meta-store.ts';
import type { BucketEntry } from '../buckets.ts';
import {
  afterPrefix,
  currentKey,
  currentKeyOfBytes,
  escapedObjectKeyOf,
  isMarkerSlot,
  noncurrentKey,
  objectKeyOf,
  versionPrefix,
  versionsOfKey,
} from '../keys.ts';
import { type ObjectRecord, unpackObject } from '../records/object.ts';
import type { Services } from '../services.ts';
import { findVersion, readKeyState, versionIdOf } from '../versions.ts';
import { Cursor } from './cursor.ts';
import { commonPrefixOf, type ListQuery, markerBytes, matchesNothing, prefixOfMarker } from './page.ts';

export interface ListVersionsQuery extends ListQuery {
  readonly keyMarker: string;
  /** Needs a key marker; empty: behind all versions of that key. */
  readonly versionIdMarker: string;
}

export interface ListedVersion {
  readonly key: string;
  readonly record: ObjectRecord;
  readonly isLatest: boolean;
  /** Empty where versioning was never set. */
  readonly versionId: string;
}

export interface VersionPage {
  readonly versions: ListedVersion[];
  readonly commonPrefixes: string[];
  readonly truncated: boolean;
  readonly nextKeyMarker: string;
  readonly nextVersionIdMarker: string;
  readonly visited: number;
}

/** @throws CosError InvalidArgument for a version marker without a key marker, or a malformed one */
export async function listVersions(
  services: Services,
  bucket: BucketEntry,
  query: ListVersionsQuery,
): Promise<VersionPage> {
  const { id, versioning } = bucket.record;
  const versions: ListedVersion[] = [];
  const commonPrefixes: string[] = [];
  let nextKeyMarker = '';
  let nextVersionIdMarker = '';
  const merged = await openMerged(services, bucket, query);
  const end = (truncated: boolean): VersionPage => ({
    versions,
    commonPrefixes,
    truncated,
    nextKeyMarker,
    nextVersionIdMarker,
    visited: merged.visited(),
  });
  if (query.limit === 0 || matchesNothing(query.prefix)) return end(false);
  for (;;) {
    const item = await merged.peek();
    if (item === undefined) return end(false);
    if (versions.length + commonPrefixes.length === query.limit) return end(true);
    const common = commonPrefixOf(item.key, query);
    if (common !== undefined) {
      commonPrefixes.push(common);
      nextKeyMarker = common;
      nextVersionIdMarker = '';
      merged.seek(afterPrefix(currentKey(id, common)), afterPrefix(versionPrefix(id, common)));
      continue;
    }
    const record = unpackObject(item.row.value);
    const versionId = versioning === 'unset' ? '' : versionIdOf(services, record);
    versions.push({ key: item.key, record, isLatest: item.isLatest, versionId });
    nextKeyMarker = item.key;
    nextVersionIdMarker = versionId;
    item.take();
  }
}

interface MergedItem {
  readonly row: Row;
  readonly key: string;
  readonly isLatest: boolean;
  take(): void;
}

interface Merged {
  peek(): Promise<MergedItem | undefined>;
  seek(current: Buffer, other: Buffer): void;
  visited(): number;
}

async function openMerged(services: Services, bucket: BucketEntry, query: ListVersionsQuery): Promise<Merged> {
  const { id } = bucket.record;
  const { meta } = services.store;
  const start = await startOf(services, bucket, query);
  const pageRows = Math.min(1_000, query.limit + 1);
  const currentPrefix = currentKey(id, query.prefix);
  const otherPrefix = versionPrefix(id, query.prefix);
  const current = new Cursor(meta, laterOf(currentPrefix, start.current), afterPrefix(currentPrefix), pageRows);
  const other = new Cursor(meta, laterOf(otherPrefix, start.other), afterPrefix(otherPrefix), pageRows);
  return {
    async peek() {
      const a = await current.peek();
      const b = await other.peek();
      if (a === undefined && b === undefined) return undefined;
      const keyOfA = a === undefined ? undefined : objectKeyOf(a.key);
      const keyOfB = b === undefined ? undefined : escapedObjectKeyOf(b.key);
      if (a !== undefined && (keyOfB === undefined || Buffer.compare(Buffer.from(keyOfA!), Buffer.from(keyOfB)) <= 0)) {
        return { row: a, key: keyOfA!, isLatest: true, take: () => current.next() };
      }
      return { row: b!, key: keyOfB!, isLatest: isMarkerSlot(b!.key), take: () => other.next() };
    },
    seek(toCurrent, toOther) {
      current.seek(toCurrent);
      other.seek(toOther);
    },
    visited: () => current.visited + other.visited,
  };
}

async function startOf(
  services: Services,
  bucket: BucketEntry,
  query: ListVersionsQuery,
): Promise<{ current: Buffer; other: Buffer }> {
  const { id } = bucket.record;
  const { keyMarker, versionIdMarker } = query;
  if (keyMarker === '') {
    if (versionIdMarker !== '') {
      throw new CosError('InvalidArgument', { message: 'version-id-marker needs a key-marker' });
    }
    return { current: currentKey(id, ''), other: versionPrefix(id, '') };
  }
  const inside = prefixOfMarker(keyMarker, query);
  if (inside !== undefined) {
    return { current: afterPrefix(currentKey(id, inside)), other: afterPrefix(versionPrefix(id, inside)) };
  }
  const marker = markerBytes(keyMarker).toString('utf8');
  const behindKey = {
    current: keySuccessor(currentKeyOfBytes(id, markerBytes(keyMarker))),
    other: afterPrefix(versionsOfKey(id, marker)),
  };
  if (versionIdMarker === '') return behindKey;
  return (await behindVersion(services, bucket, keyMarker, versionIdMarker)) ?? behindKey;
}

/** Behind one version of a key, whether or not that version still exists. */
async function behindVersion(
  services: Services,
  bucket: BucketEntry,
  key: string,
  versionId: string,
): Promise<{ current: Buffer; other: Buffer } | undefined> {
  const { id } = bucket.record;
  const state = await readKeyState(services, bucket, key);
  let stamp: number | undefined;
  if (versionId === 'null') {
    stamp = (await findVersion(services, state, versionId))?.record.stamp;
    if (stamp === undefined) return undefined;
  } else {
    stamp = services.ids.parseVersionId(versionId);
    if (stamp === undefined) throw new CosError('InvalidArgument', { message: 'Invalid version-id-marker' });
  }
  const newest = state.current ?? state.marker;
  const newestFollows = newest !== undefined && newest.record.stamp < stamp;
  return {
    current: newestFollows ? state.currentKey : keySuccessor(state.currentKey),
    other: newestFollows ? versionsOfKey(id, key) : keySuccessor(noncurrentKey(id, key, stamp)),
  };
}
