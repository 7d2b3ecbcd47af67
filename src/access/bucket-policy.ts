/** The policy of a bucket: kept as the text that was put, compiled once for each change. Source: spec/access.md §8. */
import { type BucketConfig, bucketConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import { pack, unpack } from '../model/records/pack.ts';
import type { Services } from '../model/services.ts';
import { compilePolicy } from './policy/parse.ts';
import type { CompiledPolicy } from './policy/types.ts';

/** A text that was understood when it was stored. */
export interface StoredPolicy {
  readonly text: string;
}

export const BUCKET_POLICY: BucketConfig<StoredPolicy> = {
  name: 'policy',
  pack: ({ text }) => pack([1, text]),
  unpack: (stored) => ({ text: unpack(stored)[1] as string }),
};

const compiled = new WeakMap<StoredPolicy, CompiledPolicy>();

/** undefined when the bucket has none; that costs no read then. */
export async function compiledBucketPolicy(
  services: Services,
  bucket: BucketEntry,
): Promise<CompiledPolicy | undefined> {
  const stored = await bucketConfig(services, bucket, BUCKET_POLICY);
  if (stored === undefined) return undefined;
  const known = compiled.get(stored);
  if (known !== undefined) return known;
  const { appid, ownerUin } = bucket.record;
  const made = compilePolicy(stored.text, {
    use: 'bucket',
    label: 'bucket policy',
    ownerAppid: appid,
    ownerUin,
  });
  compiled.set(stored, made);
  return made;
}
