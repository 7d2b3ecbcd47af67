/** Requests that are meant for a bucket of a certain account alone. Source: spec/s3.md §6. */
import { CosError } from '../errors/cos-error.ts';
import type { BucketRecord } from './records/bucket.ts';

/**
 * @param expected an account by its UIN, its APPID, or as ACLs name it; undefined: any
 * @throws CosError AccessDenied
 */
export function requireOwner({ appid, ownerUin }: BucketRecord, expected: string | undefined): void {
  if (expected === undefined) return;
  if (expected === ownerUin || expected === appid || expected === `qcs::cam::uin/${ownerUin}:uin/${ownerUin}`) return;
  throw new CosError('AccessDenied', { rule: 'the bucket is not of the account that the request expects' });
}
