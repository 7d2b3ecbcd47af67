/** The secret of a rule lies sealed in its row, bound to bucket and rule. */
import type { BucketId } from '../../model/keys.ts';
import type { Services } from '../../model/services.ts';
import type { NotificationRule } from './rules.ts';

/** Names a rule in reports, and what its secret is sealed for. */
export function reportName(bucketId: BucketId, ruleId: string): string {
  return `${bucketId.toString('latin1')}${ruleId}`;
}

export function sealSecret({ notifications }: Services, bucketId: BucketId, ruleId: string, secret: string): Buffer {
  return notifications.sealer.seal(Buffer.from(secret), Buffer.from(reportName(bucketId, ruleId), 'latin1'));
}

/** @returns undefined where it was sealed by another server */
export function openSecret(
  { notifications }: Services,
  bucketId: BucketId,
  { id, sealedSecret }: NotificationRule,
): Buffer | undefined {
  return notifications.sealer.open(sealedSecret, Buffer.from(reportName(bucketId, id), 'latin1'));
}
