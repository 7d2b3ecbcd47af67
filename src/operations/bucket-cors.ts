/** PUT, GET and DELETE Bucket cors. Source: spec/buckets.md §11. */
import { CosError } from '../errors/cos-error.ts';
import { BUCKET_CORS } from '../features/cors/bucket-cors.ts';
import { type CorsConfiguration, checkCors } from '../features/cors/rules.ts';
import { bucketConfig, hasConfig, writeBucketConfig } from '../model/bucket-configs.ts';
import { bucketOperation } from './operation.ts';

export const putBucketCors = bucketOperation<CorsConfiguration, void>({
  name: 'PutBucketCors',
  level: 'bucket',
  method: 'PUT',
  subresource: 'cors',
  action: 'name/cos:PutBucketCORS',
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
  spec: 'buckets.md §11',
  run({ services, bucket }, configuration) {
    checkCors(configuration);
    return writeBucketConfig(services, bucket.record.name, BUCKET_CORS, configuration);
  },
});

export const getBucketCors = bucketOperation<undefined, CorsConfiguration>({
  name: 'GetBucketCors',
  level: 'bucket',
  method: 'GET',
  subresource: 'cors',
  action: 'name/cos:GetBucketCORS',
  access: 'owner',
  success: [200],
  errors: ['NoSuchCORSConfiguration'],
  spec: 'buckets.md §11',
  async run({ services, bucket }) {
    const configuration = await bucketConfig(services, bucket, BUCKET_CORS);
    if (configuration === undefined) throw new CosError('NoSuchCORSConfiguration');
    return configuration;
  },
});

export const deleteBucketCors = bucketOperation<undefined, void>({
  name: 'DeleteBucketCors',
  level: 'bucket',
  method: 'DELETE',
  subresource: 'cors',
  action: 'name/cos:DeleteBucketCORS',
  access: 'owner',
  success: [204],
  errors: ['PathConflict'],
  spec: 'buckets.md §11',
  async run({ services, bucket }) {
    if (hasConfig(bucket, BUCKET_CORS)) await writeBucketConfig(services, bucket.record.name, BUCKET_CORS, undefined);
  },
});
