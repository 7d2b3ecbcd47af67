/** GET and HEAD of objects. Source: spec/objects.md §3, §6.3, §8.4, §8.5. */
import type { Answer } from '../answer.ts';
import type { Text } from '../names.ts';
import { type ReferenceBucket, Refusal, type Version } from './bucket.ts';
import { type Conditions, evaluate } from './conditions.ts';
import { crcText } from './digests.ts';

/** The object that a key, or a key and a version id, names. */
export function find(bucket: ReferenceBucket, key: string, versionId: Text | undefined): Version {
  if (versionId === undefined) {
    const current = bucket.current(key);
    if (current === undefined) throw new Refusal('NoSuchKey');
    return current;
  }
  const found = bucket.versionsOf(key).find(({ id }) => id === versionId);
  if (found === undefined) throw new Refusal('NoSuchVersion');
  if (found.kind === 'marker') {
    throw new Refusal('NoSuchKey', { 'x-cos-delete-marker': 'true', 'x-cos-version-id': found.id });
  }
  return found;
}

export interface Read {
  readonly method: 'GET' | 'HEAD';
  readonly key: string;
  readonly versionId: Text | undefined;
  readonly range: string | undefined;
  readonly conditions: Conditions;
}

export function read(bucket: ReferenceBucket, { method, key, versionId, range, conditions }: Read): Answer {
  const version = find(bucket, key, versionId);
  const { body, etag } = version;
  const digests = { etag, 'x-cos-hash-crc64ecma': crcText(body) };
  const outcome = evaluate(conditions, version);
  if (outcome === 'failed') throw new Refusal('PreconditionFailed');
  if (outcome === 'unchanged') return { status: 304, headers: digests };
  const headers = { ...digests, ...described(bucket, version) };
  const span = range === undefined ? undefined : select(range, body.length);
  const bytes = span === undefined ? body : body.subarray(span.first, span.last + 1);
  return {
    status: span === undefined ? 200 : 206,
    headers: {
      ...headers,
      'content-length': String(bytes.length),
      ...(span === undefined ? {} : { 'content-range': `bytes ${span.first}-${span.last}/${body.length}` }),
    },
    ...(method === 'HEAD' ? {} : { body: bytes.toString('latin1') }),
  };
}

function described(bucket: ReferenceBucket, version: Version): Record<string, Text> {
  const { kind, contentType, note, storageClass, modifiedMs, id } = version;
  return {
    'content-type': contentType,
    'last-modified': new Date(Math.floor(modifiedMs / 1000) * 1000).toUTCString(),
    'x-cos-object-type': kind,
    ...(note === undefined ? {} : { 'x-cos-meta-note': note }),
    ...(storageClass === 'STANDARD' ? {} : { 'x-cos-storage-class': storageClass }),
    ...(bucket.versioning === 'unset' ? {} : { 'x-cos-version-id': id }),
  };
}

/** One range of bytes, inclusive; undefined where the header does not count. @throws Refusal InvalidRange */
function select(range: string, size: number): { first: number; last: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range);
  if (match === null || range === 'bytes=-') return undefined;
  const [, from = '', to = ''] = match;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Number(to);
  if (from !== '' && to !== '' && last < first) return undefined;
  if (first >= size) throw new Refusal('InvalidRange', { 'content-range': `bytes */${size}` });
  return { first, last: Math.min(last, size - 1) };
}
