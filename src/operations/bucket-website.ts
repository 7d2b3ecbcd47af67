/** PUT, GET and DELETE Bucket website. Source: spec/buckets.md §15. */
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_WEBSITE, checkWebsite, type WebsiteConfiguration } from '../features/website/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { bucketOperation } from './operation.ts';

export const putBucketWebsite = bucketOperation<WebsiteConfiguration, void>({
  name: 'PutBucketWebsite',
  level: 'bucket',
  method: 'PUT',
  subresource: 'website',
  action: 'name/cos:PutBucketWebsite',
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
    'WebsiteURLInvalid',
    'XMLSizeLimit',
  ],
  spec: 'buckets.md §15',
  run({ services, bucket }, configuration) {
    checkWebsite(configuration);
    return writeBucketConfig(services, bucket.record.name, BUCKET_WEBSITE, configuration);
  },
});

export const getBucketWebsite = bucketOperation<undefined, WebsiteConfiguration>({
  name: 'GetBucketWebsite',
  level: 'bucket',
  method: 'GET',
  subresource: 'website',
  action: 'name/cos:GetBucketWebsite',
  access: 'owner',
  success: [200],
  errors: ['NoSuchWebsiteConfiguration'],
  spec: 'buckets.md §15',
  async run({ services, bucket }) {
    const configuration = await bucketConfig(services, bucket, BUCKET_WEBSITE);
    if (configuration === undefined) throw new CosError('NoSuchWebsiteConfiguration');
    return configuration;
  },
});

export const deleteBucketWebsite = bucketOperation<undefined, void>({
  name: 'DeleteBucketWebsite',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'website',
  action: 'name/cos:DeleteBucketWebsite',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §15',
  async run({ services, bucket }) {
    if (hasConfig(bucket, BUCKET_WEBSITE)) {
      await writeBucketConfig(services, bucket.record.name, BUCKET_WEBSITE, undefined);
    }
  },
});
