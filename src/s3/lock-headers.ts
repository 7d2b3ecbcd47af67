/** Headers of object lock that COS has no counterpart of. Source: spec/s3.md §6. */
import type { HeaderSource } from '../cos/decode/header-source.ts';
import { CosError } from '../errors/cos-error.ts';

/** Lifts a retention of GOVERNANCE. @throws CosError InvalidArgument */
export const asksForBypass = (source: HeaderSource): boolean => flag(source, 'x-amz-bypass-governance-retention');

/** Of PUT Bucket. @throws CosError InvalidArgument */
export const asksForObjectLock = (source: HeaderSource): boolean => flag(source, 'x-amz-bucket-object-lock-enabled');

function flag(source: HeaderSource, name: string): boolean {
  const value = source.header(name)?.toLowerCase() ?? 'false';
  if (value !== 'true' && value !== 'false') {
    throw new CosError('InvalidArgument', { message: `${name} must be true or false` });
  }
  return value === 'true';
}
