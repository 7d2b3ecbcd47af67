/** What the steps of the AWS SDK share: the client, the buckets, and requests without an SDK. */

import type { PutObjectCommandInput, S3ClientConfig } from '@aws-sdk/client-s3';
import { GetObjectCommand, type GetObjectCommandInput, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Json } from '../../case.ts';

export interface Context {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly versionedBucket: string;
  readonly appid: string;
  readonly region: string;
  readonly address: string;
  /** A folder that is removed after the run. */
  readonly scratch: string;
}

export type Steps = Readonly<Record<string, (context: Context, id: string) => Promise<Json>>>;

export const CONTENT = '123456789';
export const PART_BYTES = 5 * 1_048_576;

const given = (name: string): string => process.env[`CONFORMANCE_${name}`] ?? '';

/** The SDK with its own defaults. */
export function clientFor(more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: `http://${given('ADDRESS')}`,
    region: given('REGION'),
    forcePathStyle: true,
    credentials: { accessKeyId: given('SECRET_ID'), secretAccessKey: given('SECRET_KEY') },
    maxAttempts: 1,
    ...more,
  });
}

export const contextFromEnvironment = (): Context => ({
  s3: clientFor(),
  bucket: given('BUCKET'),
  versionedBucket: given('VERSIONED_BUCKET'),
  appid: given('APPID'),
  region: given('REGION'),
  address: given('ADDRESS'),
  scratch: given('SCRATCH'),
});

export function put({ s3, bucket }: Context, Key: string, more: Partial<PutObjectCommandInput> = {}) {
  return s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: CONTENT, ...more }));
}

export function get({ s3, bucket }: Context, Key: string, more: Partial<GetObjectCommandInput> = {}) {
  return s3.send(new GetObjectCommand({ Bucket: bucket, Key, ...more }));
}

export async function bodyOf(context: Context, Key: string, more: Partial<GetObjectCommandInput> = {}) {
  return (await (await get(context, Key, more)).Body?.transformToString()) ?? '';
}

interface Refusal {
  readonly status: number;
  readonly code: string;
}

/** Status and code of a call that must fail. @throws Error when it does not */
export async function failure(call: Promise<unknown>): Promise<Refusal & { [name: string]: Json }> {
  try {
    await call;
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === undefined) throw error;
    return { status: $metadata.httpStatusCode, code: name };
  }
  throw new Error('succeeded');
}

export const failureStatus = async (call: Promise<unknown>): Promise<number> => (await failure(call)).status;

/** An answer to a request without an SDK. */
export async function answer(response: Promise<Response>): Promise<{ status: number; body: string; code: string }> {
  const { status, text } = await response.then(async (it) => ({ status: it.status, text: await it.text() }));
  return { status, body: text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '' };
}

/** URL of an object, unsigned. */
export const urlOf = ({ address, bucket }: Context, key: string): string => `http://${address}/${bucket}/${key}`;
