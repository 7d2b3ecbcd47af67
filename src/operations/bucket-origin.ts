/** PUT, GET and DELETE Bucket origin. Source: spec/buckets.md §18. */
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_ORIGIN, checkOrigin, type OriginConfiguration } from '../features/origin/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { bucketOperation } from './operation.ts';

export const putBucketOrigin = bucketOperation<OriginConfiguration, void>({
  name: 'PutBucketOrigin',
  level: 'bucket',
  method: 'PUT',
  subresource: 'origin',
  action: 'name/cos:PutBucketOrigin',
  access: 'owner',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidArgument',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentLength',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §18',
  run({ services, bucket }, configuration) {
    checkOrigin(configuration);
    return writeBucketConfig(services, bucket.record.name, BUCKET_ORIGIN, configuration);
  },
});

export const getBucketOrigin = bucketOperation<undefined, OriginConfiguration>({
  name: 'GetBucketOrigin',
  level: 'bucket',
  method: 'GET',
  subresource: 'origin',
  action: 'name/cos:GetBucketOrigin',
  access: 'owner',
  success: [200],
  errors: ['OriginConfigurationNotFoundError'],
  spec: 'buckets.md §18',
  async run({ services, bucket }) {
    const configuration = await bucketConfig(services, bucket, BUCKET_ORIGIN);
    if (configuration === undefined) throw new CosError('OriginConfigurationNotFoundError');
    return configuration;
  },
});

export const deleteBucketOrigin = bucketOperation<undefined, void>({
  name: 'DeleteBucketOrigin',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'origin',
  action: 'name/cos:DeleteBucketOrigin',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §18',
  async run({ services, bucket }) {
    if (hasConfig(bucket, BUCKET_ORIGIN)) {
      await writeBucketConfig(services, bucket.record.name, BUCKET_ORIGIN, undefined);
    }
  },
});
