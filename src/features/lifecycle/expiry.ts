/** When rules of expiration will take the newest version of a key. Source: spec/s3.md §6 (x-amz-expiration). */
import { bucketConfig, hasConfig } from '../../model/bucket-configs.ts';
import type { BucketEntry } from '../../model/buckets.ts';
import type { ObjectRecord } from '../../model/records/object.ts';
import type { Services } from '../../model/services.ts';
import { BUCKET_LIFECYCLE } from './bucket-lifecycle.ts';
import { type Calendar, DAY_MS } from './calendar.ts';
import { type CompiledRule, compileRule } from './compile.ts';
import { dueAt, matches } from './evaluate.ts';
import type { LifecycleConfiguration } from './rules.ts';
import { factsOf } from './walk.ts';

export interface ObjectExpiry {
  /** The midnight, ms since the epoch; of days of 24 hours, also where tests shorten those that rules go by. */
  readonly dueMs: number;
  readonly ruleId: string;
}

type Expiring = readonly { readonly id: string; readonly rule: CompiledRule }[];

/** Compiled once for each state of a bucket. */
const compiled = new WeakMap<LifecycleConfiguration, Expiring>();

/** @returns undefined at once for a bucket without rules */
export function expiryIn(
  services: Services,
  bucket: BucketEntry,
  key: string,
  record: ObjectRecord,
): Promise<ObjectExpiry | undefined> | undefined {
  return hasConfig(bucket, BUCKET_LIFECYCLE) ? earliestIn(services, bucket, key, record) : undefined;
}

async function earliestIn(
  services: Services,
  bucket: BucketEntry,
  key: string,
  record: ObjectRecord,
): Promise<ObjectExpiry | undefined> {
  const configuration = await bucketConfig(services, bucket, BUCKET_LIFECYCLE);
  if (configuration === undefined || record.kind === 'appendable') return undefined;
  let rules = compiled.get(configuration);
  if (rules === undefined) {
    rules = expiringRules(configuration);
    compiled.set(configuration, rules);
  }
  return earliest(rules, key, record, services.settings.lifecycle);
}

export function expiringRules({ rules }: LifecycleConfiguration): Expiring {
  return rules.flatMap((given) => {
    const rule = given.enabled ? compileRule(given) : undefined;
    return rule === undefined || rule.expirations.length === 0 ? [] : [{ id: given.id, rule }];
  });
}

/** The rule that is due first; of several at one time the first of them. */
export function earliest(
  rules: Expiring,
  key: string,
  record: ObjectRecord,
  { offsetMs }: Calendar,
): ObjectExpiry | undefined {
  const calendar = { dayMs: DAY_MS, offsetMs };
  const facts = factsOf(key, record, record.modifiedMs);
  let found: ObjectExpiry | undefined;
  for (const { id, rule } of rules) {
    if (!matches(rule, facts)) continue;
    for (const when of rule.expirations) {
      const dueMs = dueAt(calendar, when, record.modifiedMs);
      if (found === undefined || dueMs < found.dueMs) found = { dueMs, ruleId: id };
    }
  }
  return found;
}
