/** PUT, GET and DELETE Bucket lifecycle. Source: spec/buckets.md §12. */
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_LIFECYCLE, settled } from '../features/lifecycle/bucket-lifecycle.ts';
import { checkLifecycle, type LifecycleLimits } from '../features/lifecycle/check.ts';
import type { LifecycleConfiguration, NewRule } from '../features/lifecycle/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { refuseOnLocked } from '../model/object-lock.ts';
import type { BucketRecord } from '../model/records/bucket.ts';
import { bucketOperation } from './operation.ts';

export interface PutBucketLifecycleInput {
  /** At least one. */
  readonly rules: readonly NewRule[];
  readonly limits?: LifecycleLimits;
  /** A bucket with object lock: refused, or its locks last longer than the rules want. Default: `refuse`. */
  readonly lockedBucket?: 'refuse' | 'keep-locked';
}

export const putBucketLifecycle = bucketOperation<PutBucketLifecycleInput, void>({
  name: 'PutBucketLifecycle',
  level: 'bucket',
  method: 'PUT',
  subresource: 'lifecycle',
  action: 'name/cos:PutBucketLifecycle',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'BucketLocked',
    'InvalidArgument',
    'InvalidDigest',
    'InvalidRequest',
    'LifeCycleIdNotUnique',
    'LifeCycleRuleConflicted',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'NotSupportedStorageClass',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §12',
  async run({ services, bucket }, { rules, limits, lockedBucket }) {
    const { lifecycle, closedStorageClasses } = services.settings;
    checkLifecycle(rules, bucket.record, lifecycle, closedStorageClasses, limits);
    const before = await bucketConfig(services, bucket, BUCKET_LIFECYCLE);
    const newId = () => `rule-${services.ids.versionStamp().toString(16)}`;
    const configuration = settled(rules, before, services.clock.nowMs(), newId);
    await writeBucketConfig(services, bucket.record.name, BUCKET_LIFECYCLE, configuration, (record) =>
      lockedBucket === 'keep-locked' ? record : requireUnlockedFor(rules, record),
    );
  },
});

/** Unfinished uploads are not protected. @throws CosError BucketLocked */
function requireUnlockedFor(rules: readonly NewRule[], record: BucketRecord): BucketRecord {
  if (rules.some(({ actions }) => actions.some(({ kind }) => kind !== 'abort-uploads'))) {
    refuseOnLocked(record, 'A lifecycle that deletes or moves objects');
  }
  return record;
}

export const getBucketLifecycle = bucketOperation<undefined, LifecycleConfiguration>({
  name: 'GetBucketLifecycle',
  level: 'bucket',
  method: 'GET',
  subresource: 'lifecycle',
  action: 'name/cos:GetBucketLifecycle',
  access: 'owner',
  success: [200],
  errors: ['NoSuchLifecycleConfiguration'],
  spec: 'buckets.md §12',
  async run({ services, bucket }) {
    const configuration = await bucketConfig(services, bucket, BUCKET_LIFECYCLE);
    if (configuration === undefined) throw new CosError('NoSuchLifecycleConfiguration');
    return configuration;
  },
});

export const deleteBucketLifecycle = bucketOperation<undefined, void>({
  name: 'DeleteBucketLifecycle',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'lifecycle',
  action: 'name/cos:DeleteBucketLifecycle',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §12',
  async run({ services, bucket }) {
    if (!hasConfig(bucket, BUCKET_LIFECYCLE)) return;
    await writeBucketConfig(services, bucket.record.name, BUCKET_LIFECYCLE, undefined);
  },
});
