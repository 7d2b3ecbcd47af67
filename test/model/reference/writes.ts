/** PUT, copy, append and delete. Source: spec/objects.md §3, §8.1, §8.3, §8.6–§8.8. */
import { type Answer, element, type Xml } from '../answer.ts';
import type { Text } from '../names.ts';
import { LIMITS } from '../settings.ts';
import { type Attributes, isoSecond, type ReferenceBucket, Refusal, uploadHeaders, type Version } from './bucket.ts';
import { type Conditions, evaluate, type Guards, guard, guardDelete, type Tags } from './conditions.ts';
import { crcText, md5Hex } from './digests.ts';
import { find } from './reads.ts';

/** The id of a new version, where its writer is told of it: only while versioning is enabled. */
export function newVersionId(bucket: ReferenceBucket, { id }: Version): Record<string, Text> {
  return bucket.versioning === 'enabled' ? { 'x-cos-version-id': id } : {};
}

export function put(
  bucket: ReferenceBucket,
  key: string,
  body: Buffer,
  attributes: Attributes,
  guards: Guards,
): Answer {
  guard(bucket, key, guards);
  if (body.length > LIMITS.singleUploadBytes) throw new Refusal('EntityTooLarge');
  const etag = `"${md5Hex(body)}"`;
  const added = bucket.add(key, { kind: 'normal', body, etag, appends: 0, ...attributes });
  return { status: 200, headers: { ...uploadHeaders(etag, body), ...newVersionId(bucket, added) } };
}

export interface Source {
  readonly key: string;
  readonly versionId: Text | undefined;
  readonly conditions: Conditions;
}

/** What a copy reads. */
export function openSource(bucket: ReferenceBucket, { key, versionId, conditions }: Source): Version {
  let version: Version;
  try {
    version = find(bucket, key, versionId);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'NoSuchKey') throw error;
    // By its id the version is there, but it is a delete marker.
    throw new Refusal(versionId === undefined ? 'NoSuchCopySource' : 'InvalidRequest');
  }
  if (version.kind === 'appendable') throw new Refusal('InvalidRequest');
  if (evaluate(conditions, version) !== 'proceed') throw new Refusal('PreconditionFailed');
  return version;
}

export function sourceVersionId(bucket: ReferenceBucket, { id }: Version): Record<string, Text> {
  return bucket.versioning === 'unset' ? {} : { 'x-cos-copy-source-version-id': id };
}

export interface Copy {
  readonly key: string;
  readonly source: Source;
  readonly replace: boolean;
  readonly attributes: Attributes;
  readonly guards: Guards;
}

export function copy(bucket: ReferenceBucket, { key, source, replace, attributes, guards }: Copy): Answer {
  const from = openSource(bucket, source);
  const { body } = from;
  if (body.length > LIMITS.singleUploadBytes) throw new Refusal('EntityTooLarge');
  const { contentType, note } = replace ? attributes : from;
  const onItself = source.key === key && source.versionId === undefined;
  if (onItself && !replace && attributes.storageClass === from.storageClass) throw new Refusal('InvalidRequest');
  guard(bucket, key, guards);
  const etag = `"${md5Hex(body)}"`;
  const added = bucket.add(key, {
    ...{ kind: 'normal', body, etag, appends: 0, contentType, note },
    storageClass: attributes.storageClass,
  });
  const id = newVersionId(bucket, added);
  return {
    status: 200,
    headers: { ...sourceVersionId(bucket, from), ...id },
    xml: element([
      ['ETag', etag],
      ['CRC64', crcText(body)],
      ['LastModified', `${isoSecond(added.modifiedMs)}Z`],
      ...Object.values(id).map((text): [string, Xml] => ['VersionId', text]),
    ]),
  };
}

export function append(
  bucket: ReferenceBucket,
  key: string,
  position: number,
  piece: Buffer,
  attributes: Attributes,
): Answer {
  if (bucket.versioning === 'enabled') throw new Refusal('InvalidBucketState');
  const current = bucket.current(key);
  if (current !== undefined && current.kind !== 'appendable') throw new Refusal('ObjectNotAppendable');
  const before = current?.body ?? Buffer.alloc(0);
  if (position !== before.length) {
    throw new Refusal('AppendPositionErr', { 'x-cos-next-append-position': String(before.length) });
  }
  const body = Buffer.concat([before, piece]);
  if (piece.length > LIMITS.singleUploadBytes || body.length > LIMITS.appendObjectBytes) {
    throw new Refusal('EntityTooLarge');
  }
  const appends = (current?.appends ?? 0) + 1;
  // Opaque, and new with each append.
  const etag = bucket.token('etag', new RegExp(`^"[0-9a-f]{32}-${appends}"$`), current?.etag);
  const { contentType, note, storageClass } = current ?? attributes;
  bucket.add(key, { kind: 'appendable', body, etag, appends, contentType, note, storageClass });
  return {
    status: 200,
    headers: {
      ...uploadHeaders(etag, body),
      'x-cos-next-append-position': String(body.length),
      'x-cos-content-sha1': md5Hex(piece),
    },
  };
}

export interface Deletion {
  readonly key: string;
  readonly versionId: Text | undefined;
  readonly ifMatch: Tags | undefined;
}

interface Deleted {
  readonly versionId?: Text;
  readonly markerId?: Text;
}

function remove(bucket: ReferenceBucket, { key, versionId, ifMatch }: Deletion): Deleted {
  const versions = bucket.versionsOf(key);
  const removesNewest = versionId === undefined || (bucket.versioning === 'unset' && versionId === 'null');
  if (!removesNewest) {
    bucket.setVersions(
      key,
      versions.filter(({ id }) => id !== versionId),
    );
    const isMarker = versions.find(({ id }) => id === versionId)?.kind === 'marker';
    return { versionId, ...(isMarker ? { markerId: versionId } : {}) };
  }
  guardDelete(bucket, key, ifMatch);
  if (bucket.versioning === 'unset') {
    bucket.setVersions(key, []);
    return {};
  }
  const nothing = { contentType: '', note: undefined, storageClass: 'STANDARD', etag: '', appends: 0 };
  const marker = bucket.add(key, { kind: 'marker', body: Buffer.alloc(0), ...nothing });
  return { markerId: marker.id };
}

export function deleteOne(bucket: ReferenceBucket, deletion: Deletion): Answer {
  const { versionId, markerId } = remove(bucket, deletion);
  const shown = versionId ?? markerId;
  return {
    status: 204,
    headers: {
      ...(shown === undefined ? {} : { 'x-cos-version-id': shown }),
      ...(markerId === undefined ? {} : { 'x-cos-delete-marker': 'true' }),
    },
  };
}

export function deleteSeveral(bucket: ReferenceBucket, deletions: readonly Deletion[], quiet: boolean): Answer {
  const outcomes: [string, Xml][] = [];
  for (const deletion of deletions) {
    const named: [string, Xml][] = [['Key', deletion.key]];
    if (deletion.versionId !== undefined) named.push(['VersionId', deletion.versionId]);
    try {
      const { markerId } = remove(bucket, deletion);
      if (markerId !== undefined) named.push(['DeleteMarker', 'true'], ['DeleteMarkerVersionId', markerId]);
      if (!quiet) outcomes.push(['Deleted', element(named)]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      outcomes.push(['Error', element([...named, ['Code', error.code]])]);
    }
  }
  return { status: 200, headers: {}, xml: outcomes.length === 0 ? '' : element(outcomes) };
}
