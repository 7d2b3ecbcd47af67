/** Unfinished multipart uploads of a bucket: key ascending, then oldest first. Source: spec/buckets.md §9. */
import { keySuccessor, laterOf } from '../../store/bytes.ts';
import { afterPrefix, escapedObjectKeyOf, uploadIdOf, uploadKey, uploadPrefix, uploadsOfKey } from '../keys.ts';
import { type UploadRecord, unpackUpload } from '../records/upload.ts';
import type { Services } from '../services.ts';
import { Cursor } from './cursor.ts';
import { commonPrefixOf, type ListQuery, markerBytes, matchesNothing, prefixOfMarker } from './page.ts';

export interface ListUploadsQuery extends ListQuery {
  readonly keyMarker: string;
  /** Ignored without a key marker. */
  readonly uploadIdMarker: string;
}

export interface ListedUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly record: UploadRecord;
}

export interface UploadPage {
  readonly uploads: ListedUpload[];
  readonly commonPrefixes: string[];
  readonly truncated: boolean;
  readonly nextKeyMarker: string;
  readonly nextUploadIdMarker: string;
  /** Rows looked at: the cost of the page. */
  readonly visited: number;
}

export async function listUploads(services: Services, bucketId: Buffer, query: ListUploadsQuery): Promise<UploadPage> {
  const uploads: ListedUpload[] = [];
  const commonPrefixes: string[] = [];
  let nextKeyMarker = '';
  let nextUploadIdMarker = '';
  const prefix = uploadPrefix(bucketId, query.prefix);
  const from = laterOf(prefix, startOf(bucketId, query));
  const cursor = new Cursor(services.store.meta, from, afterPrefix(prefix), Math.min(1_000, query.limit + 1));
  const end = (truncated: boolean): UploadPage => ({
    uploads,
    commonPrefixes,
    truncated,
    nextKeyMarker,
    nextUploadIdMarker,
    visited: cursor.visited,
  });
  if (query.limit === 0 || matchesNothing(query.prefix)) return end(false);
  for (;;) {
    const row = await cursor.peek();
    if (row === undefined) return end(false);
    if (uploads.length + commonPrefixes.length === query.limit) return end(true);
    const key = escapedObjectKeyOf(row.key);
    const common = commonPrefixOf(key, query);
    if (common !== undefined) {
      commonPrefixes.push(common);
      nextKeyMarker = common;
      nextUploadIdMarker = '';
      cursor.seek(afterPrefix(uploadPrefix(bucketId, common)));
      continue;
    }
    nextKeyMarker = key;
    nextUploadIdMarker = uploadIdOf(row.key);
    uploads.push({ key, uploadId: nextUploadIdMarker, record: unpackUpload(row.value) });
    cursor.next();
  }
}

function startOf(bucketId: Buffer, query: ListUploadsQuery): Buffer {
  const { keyMarker, uploadIdMarker } = query;
  if (keyMarker === '') return uploadPrefix(bucketId, '');
  const inside = prefixOfMarker(keyMarker, query);
  if (inside !== undefined) return afterPrefix(uploadPrefix(bucketId, inside));
  const key = markerBytes(keyMarker).toString('utf8');
  if (uploadIdMarker !== '') return keySuccessor(uploadKey(bucketId, key, uploadIdMarker.slice(0, 100)));
  return afterPrefix(uploadsOfKey(bucketId, key));
}
