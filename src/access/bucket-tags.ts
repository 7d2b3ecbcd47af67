/** Tags of a bucket, flat: key, value … Source: spec/buckets.md §20. */
import type { BucketConfig } from '../model/bucket-configs.ts';
import { pack, unpack } from '../model/records/pack.ts';
import type { ConditionFacts } from './policy/types.ts';

export const BUCKET_TAGS: BucketConfig<readonly string[]> = {
  name: 'tagging',
  pack: (tags) => pack([1, ...tags]),
  unpack: (stored) => unpack(stored).slice(1) as string[],
};

/** Tags as conditions of policies ask for them: `key&value`. */
export function tagValues(tags: readonly string[]): string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < tags.length; i += 2) values.push(`${tags[i]}&${tags[i + 1]}`);
  return values;
}

/** What conditions can ask about a request that brings these tags. */
export function withRequestTags(facts: ConditionFacts, tags: readonly string[]): ConditionFacts {
  if (tags.length === 0) return facts;
  const values = tagValues(tags);
  return { get: (key) => (key === 'qcs:request_tag' ? values : facts.get(key)) };
}
