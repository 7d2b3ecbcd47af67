/** When a lifecycle rule will expire an object. Source: spec/s3.md §6. */
import type { ObjectExpiry } from '../features/lifecycle/expiry.ts';
import { formatHttpDate } from '../http/http-date.ts';

export function pushExpiry(headers: string[], expiry: ObjectExpiry | undefined): void {
  if (expiry === undefined) return;
  const { dueMs, ruleId } = expiry;
  headers.push('x-amz-expiration', `expiry-date="${formatHttpDate(dueMs)}", rule-id="${encodeURIComponent(ruleId)}"`);
}
