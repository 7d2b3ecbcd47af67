/** What the settings of the operator and of the bucket let through. Source: spec/errors.md "Order of checks" 3 and 7. */
import type { Identity } from '../access/identity.ts';
import { CosError } from '../errors/cos-error.ts';
import { refererAllowed } from '../features/referer/match.ts';
import { BUCKET_REFERER } from '../features/referer/rules.ts';
import { BUCKET_STRICT_SIGNATURE } from '../features/strict-signature/rules.ts';
import type { QueryParams } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import { bucketConfig, hasConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';
import type { AnyOperation } from '../operations/operation.ts';
import type { Address } from './request.ts';
import { strictRefusal } from './strict-signature.ts';

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

/**
 * What the bucket itself asks of requests, beside the right to act. Costs nothing where it asks nothing.
 * @throws CosError AccessDenied
 */
export function requireWelcome(
  services: Services,
  bucket: BucketEntry,
  operation: AnyOperation,
  identity: Identity,
  wire: WireRequest,
  query: QueryParams,
): void | Promise<void> {
  if (bucket.record.configs === undefined) return;
  const signed = identity.kind !== 'anonymous';
  if (signed && hasConfig(bucket, BUCKET_STRICT_SIGNATURE)) {
    return requireStrictSignature(services, bucket, operation, wire, query);
  }
  return requireReferer(services, bucket, operation, signed, wire);
}

async function requireStrictSignature(
  services: Services,
  bucket: BucketEntry,
  operation: AnyOperation,
  wire: WireRequest,
  query: QueryParams,
): Promise<void> {
  const refusal = await strictRefusal(services, bucket, operation, wire, query);
  if (refusal !== undefined) throw refusal;
  await requireReferer(services, bucket, operation, true, wire);
}

/** Reads of objects that nobody signed, or that a URL signs where the bucket wants those looked at too (spec/buckets.md §16). */
function requireReferer(
  services: Services,
  bucket: BucketEntry,
  { method, access }: AnyOperation,
  signed: boolean,
  wire: WireRequest,
): void | Promise<void> {
  if (access !== 'object-read' || (method !== 'GET' && method !== 'HEAD')) return;
  if (!hasConfig(bucket, BUCKET_REFERER)) return;
  if (signed && wire.header('authorization') !== undefined) return;
  return judgeReferer(services, bucket, signed, wire);
}

async function judgeReferer(
  services: Services,
  bucket: BucketEntry,
  signed: boolean,
  wire: WireRequest,
): Promise<void> {
  const rules = await bucketConfig(services, bucket, BUCKET_REFERER);
  if (!rules?.enabled || (signed && !rules.verifySignedUrls)) return;
  if (refererAllowed(rules, wire.header('referer'))) return;
  throw new CosError('AccessDenied', { message: 'You are denied by bucket referer rule', rule: 'referer' });
}
