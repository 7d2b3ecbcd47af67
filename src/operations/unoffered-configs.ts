/**
 * Configurations of Amazon S3 for what this server does not do. They are never there: reading them says so, and writing
 * one is refused unless it asks for nothing. Source: spec/s3.md §6, §11.
 */
import { CosError } from '../errors/cos-error.ts';
import { type BucketOperation, bucketOperation } from './operation.ts';

const PUT_ERRORS = [
  'BadDigest',
  'InvalidDigest',
  'MalformedXML',
  'MissingContentLength',
  'MissingRequestBodyError',
  'XMLSizeLimit',
] as const;

interface Told {
  readonly name: string;
  readonly subresource: string;
  readonly variant?: 'with-id';
}

function reading({ name, subresource, variant }: Told): BucketOperation<undefined, void> {
  const absent = variant !== undefined;
  return bucketOperation<undefined, void>({
    name,
    level: 'bucket',
    method: 'GET',
    subresource,
    ...(variant === undefined ? {} : { variant }),
    action: `name/cos:${name}`,
    access: 'owner',
    success: [200],
    errors: absent ? ['NoSuchConfiguration'] : [],
    spec: 's3.md §11',
    async run() {
      if (absent) throw new CosError('NoSuchConfiguration');
    },
  });
}

/** `asks`: whether the document asks for something. */
function writing({ name, subresource }: Told): BucketOperation<{ asks: boolean }, void> {
  return bucketOperation<{ asks: boolean }, void>({
    name,
    level: 'bucket',
    method: 'PUT',
    subresource,
    action: `name/cos:${name}`,
    access: 'owner',
    success: [200],
    errors: PUT_ERRORS,
    spec: 's3.md §11',
    async run(_, { asks }) {
      if (asks) throw new CosError('NotImplemented');
    },
  });
}

/** The owner pays. */
export const getBucketRequestPayment = reading({ name: 'GetBucketRequestPayment', subresource: 'requestPayment' });
export const putBucketRequestPayment = writing({ name: 'PutBucketRequestPayment', subresource: 'requestPayment' });

export const getBucketNotification = reading({
  name: 'GetBucketNotificationConfiguration',
  subresource: 'notification',
});
export const putBucketNotification = writing({
  name: 'PutBucketNotificationConfiguration',
  subresource: 'notification',
});

export const listBucketAnalytics = reading({ name: 'ListBucketAnalyticsConfigurations', subresource: 'analytics' });
export const getBucketAnalytics = reading({
  name: 'GetBucketAnalyticsConfiguration',
  subresource: 'analytics',
  variant: 'with-id',
});

export const listBucketMetrics = reading({ name: 'ListBucketMetricsConfigurations', subresource: 'metrics' });
export const getBucketMetrics = reading({
  name: 'GetBucketMetricsConfiguration',
  subresource: 'metrics',
  variant: 'with-id',
});
