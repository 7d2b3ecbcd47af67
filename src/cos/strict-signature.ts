/** Strict signature mode, for what stands on the wire. Source: spec/protocol.md §10.2, §16. */
import { CosError } from '../errors/cos-error.ts';
import { firstUnsigned } from '../features/strict-signature/match.ts';
import { BUCKET_STRICT_SIGNATURE } from '../features/strict-signature/rules.ts';
import type { QueryParams } from '../http/query.ts';
import type { WireRequest } from '../http/types.ts';
import { bucketConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import type { Services } from '../model/services.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { canBeSigned, signedLists } from './signature/signed-lists.ts';

/** Why the bucket does not take the request as it is signed; undefined where it does. */
export async function strictRefusal(
  services: Services,
  bucket: BucketEntry,
  operation: AnyOperation,
  wire: WireRequest,
  query: QueryParams,
): Promise<CosError | undefined> {
  const rules = await bucketConfig(services, bucket, BUCKET_STRICT_SIGNATURE);
  const signed = signedLists({ header: (name) => wire.header(name), query });
  if (rules === undefined || signed === undefined) return undefined;
  const request = {
    ...signed,
    headers: headerNames(wire).filter(canBeSigned),
    params: query.foldedNames().filter(canBeSigned),
  };
  const missing = firstUnsigned(rules, operation.actions[0]!, request);
  if (missing === undefined) return undefined;
  return new CosError('AccessDenied', {
    message: `Strict signature missing ${missing.kind} that must be signed`,
    rule: `strict signature rule ${missing.rule}: ${missing.kind} ${missing.name.slice(0, 100)} is not signed`,
  });
}

function headerNames({ rawHeaders }: WireRequest): string[] {
  const names: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) names.push(rawHeaders[i]!.toLowerCase());
  return names;
}
