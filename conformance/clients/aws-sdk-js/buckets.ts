/** Buckets and their settings. */
import { randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketCorsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import { failure, failureStatus, put, type Steps } from './context.ts';

export const buckets: Steps = {
  's3-bucket-list': async ({ s3, bucket }) => {
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    return { listed: Buckets.some(({ Name }) => Name === bucket) };
  },
  's3-bucket-head': async ({ s3, bucket, appid }) => {
    const { $metadata } = await s3.send(new HeadBucketCommand({ Bucket: bucket }));
    const missing = await failureStatus(s3.send(new HeadBucketCommand({ Bucket: `nobody-has-it-${appid}` })));
    return { there: $metadata.httpStatusCode ?? 0, missing };
  },
  's3-bucket-life': async (context, id) => {
    const { s3, appid } = context;
    const Bucket = `conf-life-${randomBytes(3).toString('hex')}-${appid}`;
    await s3.send(new CreateBucketCommand({ Bucket }));
    await put(context, id, { Bucket });
    const { code } = await failure(s3.send(new DeleteBucketCommand({ Bucket })));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: id }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    return { full: code, after: await failureStatus(s3.send(new HeadBucketCommand({ Bucket }))) };
  },
  's3-bucket-location': async ({ s3, bucket }) => {
    return { location: (await s3.send(new GetBucketLocationCommand({ Bucket: bucket }))).LocationConstraint ?? '' };
  },
  's3-lifecycle': async ({ s3, bucket }) => {
    const rule = { ID: 'old', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 7 } } as const;
    const LifecycleConfiguration = { Rules: [rule] };
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration }));
    const { Rules = [] } = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket }));
    const { ID = '', Status = '', Filter, Expiration } = Rules[0]!;
    return { id: ID, status: Status, prefix: Filter?.Prefix ?? '', days: Expiration?.Days ?? 0 };
  },
  's3-cors': async ({ s3, bucket }) => {
    const rule = { AllowedOrigins: ['https://example.com'], AllowedMethods: ['GET', 'PUT'] };
    await s3.send(new PutBucketCorsCommand({ Bucket: bucket, CORSConfiguration: { CORSRules: [rule] } }));
    const { CORSRules = [] } = await s3.send(new GetBucketCorsCommand({ Bucket: bucket }));
    const { AllowedOrigins = [], AllowedMethods = [] } = CORSRules[0]!;
    return { origins: AllowedOrigins, methods: AllowedMethods };
  },
};
