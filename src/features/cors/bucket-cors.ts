/** The CORS rules of a bucket: stored in a row of their own, compiled once for each state of the bucket's record. */
import { readBucketConfig } from '../../model/bucket-configs.ts';
import { type BucketEntry, updateBucket } from '../../model/buckets.ts';
import type { Services } from '../../model/services.ts';
import { type CorsMatcher, compileCors } from './match.ts';
import { type CorsConfiguration, packCors, unpackCors } from './rules.ts';

const NAME = 'cors';

/**
 * Every change of the rules rewrites the bucket's record, and a changed record is a new entry: so what hangs on an
 * entry is never older than the entry.
 */
const matchers = new WeakMap<BucketEntry, Promise<CorsMatcher | undefined>>();

/** undefined when the bucket has no rules; they cost no read then. */
export async function readCors(services: Services, { record }: BucketEntry): Promise<CorsConfiguration | undefined> {
  if (record.cors === undefined) return undefined;
  const value = await readBucketConfig(services, record.id, NAME);
  return value && unpackCors(value);
}

/** As `readCors`, ready to be asked. */
export function corsMatcher(services: Services, entry: BucketEntry): Promise<CorsMatcher | undefined> {
  const known = matchers.get(entry);
  if (known !== undefined) return known;
  const made = readCors(services, entry).then((cors) => cors && compileCors(cors));
  matchers.set(entry, made);
  // A read that failed is tried again by the next request.
  made.catch(() => matchers.delete(entry));
  return made;
}

/** @param bucket full name @throws CosError NoSuchBucket, PathConflict */
export function writeCors(services: Services, bucket: string, cors: CorsConfiguration): Promise<void> {
  const flag = cors.vary === true ? 'vary' : 'plain';
  const config = { name: NAME, value: packCors(cors) };
  return updateBucket(services, bucket, (record) => ({ ...record, cors: flag }), config);
}

/** @param bucket full name @throws CosError NoSuchBucket, PathConflict */
export function deleteCors(services: Services, bucket: string): Promise<void> {
  return updateBucket(services, bucket, ({ cors: _, ...rest }) => rest, { name: NAME, value: undefined });
}
