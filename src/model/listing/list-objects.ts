/** The current objects of a bucket in key order. Source: spec/buckets.md §6. */
import { keySuccessor, laterOf } from '../../store/bytes.ts';
import type { CollapseEntry } from '../../store/meta-store.ts';
import { afterPrefix, currentKey, currentKeyOfBytes, objectKeyOf } from '../keys.ts';
import { type ObjectRecord, unpackObject } from '../records/object.ts';
import type { Services } from '../services.ts';
import { type ListQuery, markerBytes, matchesNothing, prefixOfMarker } from './page.ts';

export interface ListObjectsQuery extends ListQuery {
  /** List strictly after this key; empty starts at the beginning. */
  readonly after: string;
}

export type ListedObject = { readonly key: string; readonly record: ObjectRecord };

export interface ObjectPage {
  /** Objects and common prefixes as two lists, each in order. */
  readonly objects: ListedObject[];
  readonly commonPrefixes: string[];
  readonly truncated: boolean;
  /** The last key or common prefix of the page; '' on an empty page. */
  readonly last: string;
  /** Rows looked at: the cost of the page. */
  readonly visited: number;
}

export async function listObjects(services: Services, bucketId: Buffer, query: ListObjectsQuery): Promise<ObjectPage> {
  const objects: ListedObject[] = [];
  const commonPrefixes: string[] = [];
  let last = '';
  let visited = 0;
  const end = (truncated: boolean): ObjectPage => ({ objects, commonPrefixes, truncated, last, visited });
  if (query.limit === 0 || matchesNothing(query.prefix)) return end(false);

  const prefix = currentKey(bucketId, query.prefix);
  const to = afterPrefix(prefix);
  let from: Buffer | undefined = laterOf(prefix, startAfter(bucketId, query));
  while (from !== undefined && Buffer.compare(from, to) < 0) {
    const limit = query.limit - objects.length - commonPrefixes.length;
    if (limit === 0) return end(true);
    const page = await fetchPage(services, { prefix, from, to, limit, delimiter: query.delimiter });
    visited += page.visited;
    for (const { row, prefix: common } of page.entries) {
      if (row === undefined) {
        last = objectKeyOf(common);
        commonPrefixes.push(last);
      } else {
        last = objectKeyOf(row.key);
        objects.push({ key: last, record: unpackObject(row.value) });
      }
    }
    from = page.resume;
  }
  return end(false);
}

interface PageRequest {
  readonly prefix: Buffer;
  readonly from: Buffer;
  readonly to: Buffer;
  readonly limit: number;
  readonly delimiter: string;
}

async function fetchPage(
  services: Services,
  { prefix, from, to, limit, delimiter }: PageRequest,
): Promise<{ entries: readonly CollapseEntry[]; resume?: Buffer; visited: number }> {
  const { meta } = services.store;
  if (delimiter !== '') return meta.collapse({ prefix, from, to, limit, delimiter: Buffer.from(delimiter) });
  const page = await meta.scan({ from, to, limit });
  return { ...page, entries: page.rows.map((row) => ({ row })) };
}

function startAfter(bucketId: Buffer, query: ListObjectsQuery): Buffer {
  if (query.after === '') return currentKey(bucketId, '');
  const inside = prefixOfMarker(query.after, query);
  if (inside !== undefined) return afterPrefix(currentKey(bucketId, inside));
  return keySuccessor(currentKeyOfBytes(bucketId, markerBytes(query.after)));
}
