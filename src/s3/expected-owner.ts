/** Headers that say whose a bucket must be. Source: spec/s3.md §6. */
import type { WireRequest } from '../http/types.ts';
import type { CopySource } from '../model/copy.ts';
import { requireOwner } from '../model/expected-owner.ts';
import type { BucketRecord } from '../model/records/bucket.ts';

/** @throws CosError AccessDenied */
export function requireExpectedOwner(request: WireRequest, bucket: BucketRecord): void {
  requireOwner(bucket, request.header('x-amz-expected-bucket-owner'));
}

/** A copy may say it of the bucket that it reads. */
export function expectingOwner(source: CopySource, request: WireRequest): CopySource {
  const expectedOwner = request.header('x-amz-source-expected-bucket-owner');
  return expectedOwner === undefined ? source : { ...source, expectedOwner };
}
