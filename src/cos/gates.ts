/** What the operator's settings let through, whoever asks. Source: spec/errors.md "Order of checks" 3 and 7. */
import { CosError } from '../errors/cos-error.ts';
import type { Services } from '../model/services.ts';
import type { AnyOperation } from '../operations/operation.ts';
import type { Address } from './request.ts';

const MAINTENANCE_RETRY_SECONDS = 30;

export function inMaintenance(): CosError {
  return new CosError('ServiceUnavailable', {
    message: 'The server is in maintenance. Please retry later.',
    facts: { retryAfterSeconds: MAINTENANCE_RETRY_SECONDS },
  });
}

/** @throws CosError SlowDown */
export function requireRate({ requests }: Services, appid: string): void {
  if (requests !== undefined && !requests.take(appid))
    throw new CosError('SlowDown', { facts: { retryAfterSeconds: 1 } });
}

/**
 * Blocked accounts may do nothing with their buckets; blocked buckets and keys are shut for reads.
 * @throws CosError UnavailableForLegalReasons
 */
export function requireOpen({ blocked }: Services, { bucket, key }: Address, operation: AnyOperation): void {
  if (blocked === undefined || bucket === undefined) return;
  const { method, access } = operation;
  const reads = method === 'GET' || method === 'HEAD' || access === 'object-read';
  if (reads) blocked.requireReadable(bucket.full, key);
  else blocked.requireAccount(bucket.appid);
}
