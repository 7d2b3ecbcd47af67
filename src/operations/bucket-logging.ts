/** PUT and GET Bucket logging. Source: spec/buckets.md §19. */
import type { SignedIdentity } from '../access/identity.ts';
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_LOGGING, checkLogPrefix, type LoggingRule } from '../features/access-logging/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { findBucket } from '../model/buckets.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export const putBucketLogging = bucketOperation<LoggingRule | undefined, void>({
  name: 'PutBucketLogging',
  level: 'bucket',
  method: 'PUT',
  subresource: 'logging',
  action: 'name/cos:PutBucketLogging',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidDigest',
    'InvalidTargetBucketForLogging',
    'LoggingPrefixInvalid',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'TargetBucketNameInvalid',
    'UserNotSourceBucketOwner',
    'UserNotTargetBucketOwner',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §19',
  async run(context, rule) {
    const { services, bucket } = context;
    const { name, ownerUin } = bucket.record;
    // A policy may let others set many things, but not read who asks for what.
    if (ownerOf(context) !== ownerUin) throw new CosError('UserNotSourceBucketOwner');
    if (rule !== undefined) await checkTarget(context, rule);
    if (rule === undefined && !hasConfig(bucket, BUCKET_LOGGING)) return;
    await writeBucketConfig(services, name, BUCKET_LOGGING, rule);
  },
});

/** UIN of the account that asks; an operation of the owner is never asked for by nobody. */
const ownerOf = ({ identity }: BucketContext): string | undefined => (identity as Partial<SignedIdentity>).ownerUin;

/** @throws CosError InvalidTargetBucketForLogging, UserNotTargetBucketOwner, LoggingPrefixInvalid */
async function checkTarget(context: BucketContext, { targetBucket, targetPrefix }: LoggingRule): Promise<void> {
  const { services, bucket } = context;
  const target = await findBucket(services, targetBucket);
  if (target === undefined || target.record.region !== bucket.record.region) {
    throw new CosError('InvalidTargetBucketForLogging');
  }
  if (target.record.ownerUin !== bucket.record.ownerUin) throw new CosError('UserNotTargetBucketOwner');
  checkLogPrefix(targetPrefix ?? '', services.limits.keyBytes);
}

export const getBucketLogging = bucketOperation<undefined, LoggingRule | undefined>({
  name: 'GetBucketLogging',
  level: 'bucket',
  method: 'GET',
  subresource: 'logging',
  action: 'name/cos:GetBucketLogging',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 'buckets.md §19',
  run: async ({ services, bucket }) => bucketConfig(services, bucket, BUCKET_LOGGING),
});
