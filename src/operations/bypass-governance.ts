/** The right to lift a retention of GOVERNANCE. Source: spec/s3.md §12.2 (object lock on the S3 face). */
import { aboutVersion, authorize } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import type { BucketContext } from './operation.ts';

const ACTIONS = ['BypassGovernanceRetention'] as const;

/**
 * No ACL gives it: the owner of the bucket has it, and whom policies allow it. Who asks for it in vain is treated as
 * if he had not asked.
 */
export async function mayBypassGovernance(
  context: BucketContext,
  key: string,
  versionId: string | undefined,
): Promise<boolean> {
  try {
    await authorize('owner', ACTIONS, aboutVersion(context, versionId), context.bucket, [key]);
    return true;
  } catch (error) {
    if (error instanceof CosError && error.code === 'AccessDenied') return false;
    throw error;
  }
}
