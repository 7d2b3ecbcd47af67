/** Tags of a bucket, flat: key, value … Source: spec/buckets.md §20. */
import type { BucketConfig } from '../model/bucket-configs.ts';
import { pack, unpack } from '../model/records/pack.ts';

export const BUCKET_TAGS: BucketConfig<readonly string[]> = {
  name: 'tagging',
  pack: (tags) => pack([1, ...tags]),
  unpack: (stored) => unpack(stored).slice(1) as string[],
};
