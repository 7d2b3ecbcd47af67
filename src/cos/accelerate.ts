/** What acceleration hosts serve. Source: spec/buckets.md §26. */
import { CosError } from '../errors/cos-error.ts';
import type { BucketEntry } from '../model/buckets.ts';
import type { AnyOperation } from '../operations/operation.ts';

/** Of a bucket's operations those on its objects: listings, POST of a form, and deletion of many. */
const PLAIN_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);
const SUBRESOURCES: ReadonlySet<string> = new Set(['delete', 'uploads', 'versions']);

function isOffered({ level, method, subresource }: AnyOperation): boolean {
  if (level !== 'bucket') return true;
  return subresource === undefined ? PLAIN_METHODS.has(method) : SUBRESOURCES.has(subresource);
}

/**
 * @param bucket undefined for operations that need none
 * @throws CosError ActionAccelerateNotSupported, BucketAccelerateNotEnabled
 */
export function requireAccelerated(bucket: BucketEntry | undefined, operation: AnyOperation): void {
  if (!isOffered(operation)) throw new CosError('ActionAccelerateNotSupported');
  if (bucket !== undefined && bucket.record.accelerate !== 'enabled') throw new CosError('BucketAccelerateNotEnabled');
}
