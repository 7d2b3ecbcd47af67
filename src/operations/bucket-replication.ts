/** PUT, GET and DELETE Bucket replication. Source: spec/buckets.md §22. */
import { authorize } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { admitDestination, requireSource } from '../features/replication/admit-destination.ts';
import { checkRules } from '../features/replication/check.ts';
import { parseDestination } from '../features/replication/destination.ts';
import { prefixOf } from '../features/replication/match.ts';
import {
  BUCKET_REPLICATION,
  type ReplicationConfiguration,
  type ReplicationRule,
} from '../features/replication/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import type { BucketEntry } from '../model/buckets.ts';
import { type BucketContext, bucketOperation } from './operation.ts';

export interface PutBucketReplicationInput {
  readonly role: string;
  /** At least one. */
  readonly rules: readonly ReplicationRule[];
}

export const putBucketReplication = bucketOperation<PutBucketReplicationInput, void>({
  name: 'PutBucketReplication',
  level: 'bucket',
  method: 'PUT',
  subresource: 'replication',
  action: 'name/cos:PutBucketReplication',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidArgument',
    'InvalidBucketState',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'MultiBucketNotSupport',
    'NotSupportedStorageClass',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §22',
  async run(context, { role, rules }) {
    const { services, bucket } = context;
    const destinations = checkRules(rules, bucket.record.name);
    requireSource(bucket.record);
    for (const destination of destinations) {
      const local = await admitDestination(services, bucket, destination, rules);
      if (local !== undefined) await requireWritable(context, local, rules);
    }
    const configuration = { role, rules, setMs: services.clock.nowMs() };
    await writeBucketConfig(services, bucket.record.name, BUCKET_REPLICATION, configuration, (record) => {
      requireSource(record);
      return record;
    });
  },
});

/** Whoever sends objects to a bucket of this server must be able to write them there. @throws CosError AccessDenied */
async function requireWritable(
  context: BucketContext,
  destination: BucketEntry,
  rules: readonly ReplicationRule[],
): Promise<void> {
  for (const rule of rules) {
    if (parseDestination(rule.destination.bucket)?.bucket !== destination.record.name) continue;
    await authorize('bucket-write', ['PutObject'], context, destination, [prefixOf(rule)]);
  }
}

export const getBucketReplication = bucketOperation<undefined, ReplicationConfiguration>({
  name: 'GetBucketReplication',
  level: 'bucket',
  method: 'GET',
  subresource: 'replication',
  action: 'name/cos:GetBucketReplication',
  access: 'owner',
  success: [200],
  errors: ['ReplicationConfigurationNotFoundError'],
  spec: 'buckets.md §22',
  async run({ services, bucket }) {
    const configuration = await bucketConfig(services, bucket, BUCKET_REPLICATION);
    if (configuration === undefined) throw new CosError('ReplicationConfigurationNotFoundError');
    return configuration;
  },
});

export const deleteBucketReplication = bucketOperation<undefined, void>({
  name: 'DeleteBucketReplication',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'replication',
  action: 'name/cos:DeleteBucketReplication',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §22',
  async run({ services, bucket }) {
    if (!hasConfig(bucket, BUCKET_REPLICATION)) return;
    await writeBucketConfig(services, bucket.record.name, BUCKET_REPLICATION, undefined);
  },
});
