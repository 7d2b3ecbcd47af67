/** Intelligent tiering of a bucket, in both versions of its documents. Source: spec/buckets.md §24. */
import { CosError } from '../errors/cos-error.ts';
import {
  checkTransition,
  DEFAULT_RULE,
  daysOf,
  type TieringRule,
  type TieringStatus,
  withTiering,
} from '../features/intelligent-tiering/rule.ts';
import { updateBucket } from '../model/buckets.ts';
import type { Tiering } from '../model/records/bucket-features.ts';
import { bucketOperation } from './operation.ts';

const PUT_ERRORS = [
  'BadDigest',
  'BucketLocked',
  'InvalidArgument',
  'InvalidDigest',
  'InvalidRequest',
  'MalformedXML',
  'MissingContentLength',
  'MissingRequestBodyError',
  'PathConflict',
  'XMLSizeLimit',
] as const;

export interface PutBucketIntelligentTieringInput {
  readonly status: TieringStatus;
  readonly days: number;
  readonly requestFrequent: number | undefined;
}

export const putBucketIntelligentTiering = bucketOperation<PutBucketIntelligentTieringInput, void>({
  name: 'PutBucketIntelligentTiering',
  level: 'bucket',
  method: 'PUT',
  subresource: 'intelligenttiering',
  action: 'name/cos:PutBucketIntelligentTiering',
  access: 'owner',
  success: [200],
  errors: PUT_ERRORS,
  spec: 'buckets.md §24',
  async run({ services, bucket }, { status, days, requestFrequent }) {
    checkTransition(days, requestFrequent);
    await updateBucket(services, bucket.record.name, (record) =>
      withTiering(record, status, days, 'Not support modify intelligent tiering configuration'),
    );
  },
});

export const getBucketIntelligentTiering = bucketOperation<undefined, Tiering | undefined>({
  name: 'GetBucketIntelligentTiering',
  level: 'bucket',
  method: 'GET',
  subresource: 'intelligenttiering',
  action: 'name/cos:GetBucketIntelligentTiering',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 'buckets.md §24',
  run: async ({ bucket }) => bucket.record.tiering,
});

const UNCHANGEABLE = 'The default rule cannot be modified';

export const putBucketIntelligentTieringV2 = bucketOperation<TieringRule, void>({
  name: 'PutBucketIntelligentTieringV2',
  level: 'bucket',
  method: 'PUT',
  subresource: 'intelligent-tiering',
  variant: 'with-id',
  action: 'name/cos:PutBucketIntelligentTiering',
  access: 'owner',
  success: [200],
  errors: PUT_ERRORS,
  spec: 'buckets.md §24',
  async run({ services, bucket }, rule) {
    const days = daysOf(rule);
    await updateBucket(services, bucket.record.name, (record) => withTiering(record, rule.status, days, UNCHANGEABLE));
  },
});

export const getBucketIntelligentTieringV2 = bucketOperation<{ readonly id: string }, Tiering>({
  name: 'GetBucketIntelligentTieringV2',
  level: 'bucket',
  method: 'GET',
  subresource: 'intelligent-tiering',
  variant: 'with-id',
  action: 'name/cos:GetBucketIntelligentTiering',
  access: 'owner',
  success: [200],
  errors: ['IntelligentTieringConfigurationNotFoundError'],
  spec: 'buckets.md §24',
  async run({ bucket }, { id }) {
    const { tiering } = bucket.record;
    if (id !== DEFAULT_RULE || tiering === undefined) {
      throw new CosError('IntelligentTieringConfigurationNotFoundError');
    }
    return tiering;
  },
});

export const listBucketIntelligentTieringConfigurations = bucketOperation<undefined, Tiering | undefined>({
  name: 'ListBucketIntelligentTieringConfigurations',
  level: 'bucket',
  method: 'GET',
  subresource: 'intelligent-tiering',
  action: 'name/cos:GetBucketIntelligentTiering',
  access: 'owner',
  success: [200],
  errors: [],
  spec: 'buckets.md §24',
  run: async ({ bucket }) => bucket.record.tiering,
});

export const deleteBucketIntelligentTieringV2 = bucketOperation<{ readonly id: string }, void>({
  name: 'DeleteBucketIntelligentTieringV2',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'intelligent-tiering',
  variant: 'with-id',
  action: 'name/cos:DeleteBucketIntelligentTiering',
  access: 'owner',
  success: [204],
  errors: ['InvalidRequest'],
  spec: 'buckets.md §24',
  async run({ bucket }, { id }) {
    // Other rules there are none.
    if (id === DEFAULT_RULE && bucket.record.tiering !== undefined) {
      throw new CosError('InvalidRequest', { message: UNCHANGEABLE });
    }
  },
});
