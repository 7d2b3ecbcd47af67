/** The lifecycle configuration of a bucket, and what becomes of the one it replaces. */
import type { BucketConfig } from '../../model/bucket-configs.ts';
import { pack } from '../../model/records/pack.ts';
import {
  type LifecycleConfiguration,
  type LifecycleRule,
  type NewRule,
  packContent,
  packLifecycle,
  unpackLifecycle,
} from './rules.ts';

export const BUCKET_LIFECYCLE: BucketConfig<LifecycleConfiguration> = {
  name: 'lifecycle',
  pack: packLifecycle,
  unpack: unpackLifecycle,
};

/**
 * The rules with ids and the time they were set at. A rule that the bucket has had in the same words keeps its time:
 * to send all rules again shortly before midnight must not cost them a day.
 * @param newId gives an id that no rule has had
 */
export function settled(
  rules: readonly NewRule[],
  before: LifecycleConfiguration | undefined,
  nowMs: number,
  newId: () => string,
): LifecycleConfiguration {
  const known = new Map<string, number>();
  for (const rule of before?.rules ?? []) known.set(contentOf(rule), rule.setMs);
  return {
    rules: rules.map((rule): LifecycleRule => {
      const named = { ...rule, id: rule.id ?? newId() };
      return { ...named, setMs: known.get(contentOf(named)) ?? nowMs };
    }),
  };
}

function contentOf(rule: Omit<LifecycleRule, 'setMs'>): string {
  return pack(packContent(rule)).toString('latin1');
}
