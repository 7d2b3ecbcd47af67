/** Restoring archived objects, and encryption, in the words of S3. Source: spec/s3.md §6, §8. */
import { createHash, randomBytes } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  RestoreObjectCommand,
  type RestoreRequest,
  type S3Client,
  type ServerSideEncryptionRule,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const Bucket = `cold-${APPID}`;
let server: ServerProcess;
let s3: S3Client;

beforeAll(async () => {
  server = await startServerProcess({ flags: ['--restore-time-scale', '0.000001'] });
  s3 = s3Client(server);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

const put = (Key: string, more = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'abc', ...more }));

describe('restoring', () => {
  const restore = async (Key: string, RestoreRequest: RestoreRequest) =>
    (await s3.send(new RestoreObjectCommand({ Bucket, Key, RestoreRequest }))).$metadata.httpStatusCode;

  it('is accepted once, renewed from then on, and told by HEAD', async () => {
    await put('frozen', { StorageClass: 'GLACIER' });
    const read = s3.send(new GetObjectCommand({ Bucket, Key: 'frozen' }));
    expect(await failure(read)).toEqual({ status: 403, code: 'InvalidObjectState' });
    const tier: RestoreRequest = { Days: 36_500, GlacierJobParameters: { Tier: 'Expedited' } };
    expect(await restore('frozen', tier)).toBe(202);
    await expect
      .poll(async () => (await s3.send(new HeadObjectCommand({ Bucket, Key: 'frozen' }))).Restore)
      .toMatch(/^ongoing-request="false", expiry-date=".+ GMT"$/);
    expect(await restore('frozen', { Days: 36_000 })).toBe(200);
    const { Body, StorageClass } = await s3.send(new GetObjectCommand({ Bucket, Key: 'frozen' }));
    expect(await Body!.transformToString()).toBe('abc');
    expect(StorageClass).toBe('GLACIER');
  });

  it('is refused for what is not archived, not known, or asks for a selection', async () => {
    await put('warm');
    expect(await failure(restore('warm', { Days: 1 }))).toEqual({ status: 403, code: 'InvalidObjectState' });
    await put('deep', { StorageClass: 'DEEP_ARCHIVE' });
    const fast: RestoreRequest = { Days: 1, GlacierJobParameters: { Tier: 'Expedited' } };
    expect(await failure(restore('deep', fast))).toEqual({ status: 400, code: 'InvalidArgument' });
    expect(await failure(restore('absent', { Days: 1 }))).toEqual({ status: 404, code: 'NoSuchKey' });
    const select = restore('deep', { Days: 1, Type: 'SELECT' });
    expect(await failure(select)).toEqual({ status: 501, code: 'NotImplemented' });
  });
});

describe('default encryption', () => {
  const configure = (...Rules: ServerSideEncryptionRule[]) =>
    s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  const rules = async () =>
    (await s3.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;
  const by = (SSEAlgorithm: string, more = {}): ServerSideEncryptionRule => ({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: SSEAlgorithm as 'AES256', ...more },
  });

  it('is set, shown, followed and taken away in the words of S3', async () => {
    expect(await failure(rules())).toEqual({ status: 404, code: 'ServerSideEncryptionConfigurationNotFoundError' });
    await configure(by('AES256'));
    expect(await rules()).toEqual([{ ...by('AES256'), BucketKeyEnabled: false }]);
    await configure({ ...by('aws:kms'), BucketKeyEnabled: true });
    expect(await rules()).toEqual([{ ...by('aws:kms'), BucketKeyEnabled: true }]);
    expect(await put('by-default')).toMatchObject({ ServerSideEncryption: 'aws:kms' });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'by-default' }));
    expect(head.ServerSideEncryption).toBe('aws:kms');
    expect(head.SSEKMSKeyId).toBeTruthy();
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    expect((await put('plain')).ServerSideEncryption).toBeUndefined();
  });

  it('refuses other algorithms and unknown keys', async () => {
    expect(await failure(configure(by('KMS')))).toEqual({ status: 400, code: 'MalformedXML' });
    expect(await failure(configure(by('constructor')))).toEqual({ status: 400, code: 'MalformedXML' });
    expect(await failure(configure(by('aws:kms:dsse')))).toEqual({ status: 501, code: 'NotImplemented' });
    expect(await failure(configure(by('AES256'), by('AES256')))).toEqual({ status: 400, code: 'MalformedXML' });
    const unknown = configure(by('aws:kms', { KMSMasterKeyID: 'a3bf7dad-a751-4885-a4a1-ddcaf9e4dd8f' }));
    expect(await failure(unknown)).toMatchObject({ status: 400, code: 'KMS.NotFoundException' });
  });
});

describe("a customer's key", () => {
  it('is asked for again by every read', async () => {
    const key = randomBytes(32);
    const given = {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: key.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(key).digest('base64'),
    };
    await put('mine', given);
    expect(await failure(s3.send(new GetObjectCommand({ Bucket, Key: 'mine' })))).toMatchObject({ status: 400 });
    const { Body, SSECustomerAlgorithm } = await s3.send(new GetObjectCommand({ Bucket, Key: 'mine', ...given }));
    expect(SSECustomerAlgorithm).toBe('AES256');
    expect(await Body!.transformToString()).toBe('abc');
  });
});
