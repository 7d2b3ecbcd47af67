/** Requests that are meant for a bucket of a certain account alone. Source: spec/s3.md §6. */
import { CosError } from '../errors/cos-error.ts';
import type { WireRequest } from '../http/types.ts';
import type { BucketRecord } from '../model/records/bucket.ts';

/** Accounts are named by their UIN, their APPID, or as ACLs name them. @throws CosError AccessDenied */
export function requireExpectedOwner(request: WireRequest, { appid, ownerUin }: BucketRecord): void {
  const expected = request.header('x-amz-expected-bucket-owner');
  if (expected === undefined) return;
  if ([ownerUin, appid, `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`].includes(expected)) return;
  throw new CosError('AccessDenied', { rule: 'the bucket is not of the account that the request expects' });
}
