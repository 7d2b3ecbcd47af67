/** Rules of a bucket as its operator sets them. */
import { CosError } from '../../errors/cos-error.ts';
import { bucketConfig, writeBucketConfig } from '../../model/bucket-configs.ts';
import { loadBucket } from '../../model/buckets.ts';
import type { Services } from '../../model/services.ts';
import type { RuleReport } from './desk.ts';
import {
  BUCKET_NOTIFICATION,
  checkRule,
  MAX_RULES,
  MAX_SECRET,
  type NotificationRule,
  refuseOverlap,
} from './rules.ts';
import { reportName, sealSecret } from './secrets.ts';

export interface GivenRule extends Omit<NotificationRule, 'sealedSecret'> {
  /** Printable. */
  readonly secret: string;
}

const SECRET = /^[\x20-\x7e]{8,}$/;

/** @param bucket full name @throws CosError NoSuchBucket */
export async function listRules(
  services: Services,
  bucket: string,
): Promise<(NotificationRule & { readonly report: RuleReport })[]> {
  const entry = await loadBucket(services, bucket);
  const rules = (await bucketConfig(services, entry, BUCKET_NOTIFICATION)) ?? [];
  return rules.map((rule) => ({
    ...rule,
    report: services.notifications.report(reportName(entry.record.id, rule.id)),
  }));
}

/**
 * Adds a rule, or replaces the one of that id.
 * @throws CosError NoSuchBucket, InvalidArgument, NotifyRuleEventConflict, NotifyRulePrefixConflict,
 *   NotifyRuleSuffixConflict, PathConflict
 */
export async function putRule(services: Services, bucket: string, given: GivenRule): Promise<NotificationRule> {
  const { secret, ...rest } = given;
  checkRule(rest);
  if (!SECRET.test(secret) || secret.length > MAX_SECRET) {
    throw new CosError('InvalidArgument', { message: `A secret has 8 to ${MAX_SECRET} printable characters.` });
  }
  return changeRules(services, bucket, async (rules, id) => {
    const rule = { ...rest, sealedSecret: sealSecret(services, id, rest.id, secret) };
    const others = rules.filter((other) => other.id !== rule.id);
    if (others.length >= MAX_RULES) {
      throw new CosError('InvalidArgument', { message: `A bucket has at most ${MAX_RULES} rules.` });
    }
    refuseOverlap(rule, others);
    return { rules: [...others, rule], result: rule };
  });
}

/** @returns false where there is none of that id @throws CosError NoSuchBucket, PathConflict */
export function removeRule(services: Services, bucket: string, ruleId: string): Promise<boolean> {
  return changeRules(services, bucket, async (rules, id) => {
    const others = rules.filter((other) => other.id !== ruleId);
    services.notifications.forget(reportName(id, ruleId));
    return { rules: others, result: others.length < rules.length };
  });
}

function changeRules<T>(
  services: Services,
  bucket: string,
  change: (
    rules: readonly NotificationRule[],
    bucketId: Buffer,
  ) => Promise<{ readonly rules: readonly NotificationRule[]; readonly result: T }>,
): Promise<T> {
  // One at a time: each sees what the one before it wrote.
  return services.locks.run(`notification ${bucket}`, async () => {
    const entry = await loadBucket(services, bucket);
    const before = (await bucketConfig(services, entry, BUCKET_NOTIFICATION)) ?? [];
    const { rules, result } = await change(before, entry.record.id);
    const stored = rules.length === 0 ? undefined : rules;
    await writeBucketConfig(services, bucket, BUCKET_NOTIFICATION, stored);
    return result;
  });
}
