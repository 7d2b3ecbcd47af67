/** Buckets and their small documents by the SDK of AWS. Source: spec/s3.md §7, §12.2. */
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLoggingCommand,
  GetBucketTaggingCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListMultipartUploadsCommand,
  PutBucketAclCommand,
  PutBucketLoggingCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

let server: ServerProcess;
/** Names its region in CreateBucket, as the SDK does for each but the first of AWS. */
let s3: S3Client;
/** Names none. */
let first: S3Client;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server);
  first = s3Client(server, { region: 'us-east-1' });
});
afterAll(async () => {
  s3.destroy();
  first.destroy();
  await server.remove();
});

const create = (client: S3Client, Bucket: string, more = {}) =>
  client.send(new CreateBucketCommand({ Bucket, ...more }));

describe('a bucket that is there', () => {
  const Bucket = `there-${APPID}`;

  it('can be made again where no region is named and nothing else is asked for', async () => {
    await create(first, Bucket);
    await first.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }));
    await create(first, Bucket);
    expect(await failure(create(first, Bucket, { ACL: 'public-read' }))).toEqual({
      status: 409,
      code: 'BucketAlreadyExists',
    });
    expect(await failure(create(s3, Bucket))).toEqual({ status: 409, code: 'BucketAlreadyOwnedByYou' });
    expect(await s3.send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: REGION });
  });

  it('is asked for the account that a request expects', async () => {
    for (const ExpectedBucketOwner of [APPID, '100000000001']) {
      await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }));
    }
    const denied = { status: 403, code: 'AccessDenied' };
    const read = s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a', ExpectedBucketOwner: '100000000002' }));
    expect(await failure(read)).toEqual(denied);
    const write = new PutObjectCommand({ Bucket, Key: 'b', Body: 'x', ExpectedBucketOwner: '100000000002' });
    expect(await failure(s3.send(write))).toEqual(denied);
    const copy = (ExpectedSourceBucketOwner: string) =>
      s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a`, ExpectedSourceBucketOwner }));
    expect(await failure(copy('100000000002'))).toEqual(denied);
    await copy(APPID);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'b' }));
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'c' }));
    const part = { Bucket, Key: 'c', UploadId, PartNumber: 1, CopySource: `${Bucket}/a` };
    const copyPart = s3.send(new UploadPartCopyCommand({ ...part, ExpectedSourceBucketOwner: '100000000002' }));
    expect(await failure(copyPart)).toEqual(denied);
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'c', UploadId }));
  });

  it('takes its unfinished uploads with it, as soon as it has no object', async () => {
    await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'u' }));
    const remove = () => s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await failure(remove())).toEqual({ status: 409, code: 'BucketNotEmpty' });
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toHaveLength(1);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await remove();
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ status: 404 });
  });
});

it('a bucket elsewhere is refused', async () => {
  const elsewhere = { CreateBucketConfiguration: { LocationConstraint: 'eu-west-3' } };
  const refused = { status: 400, code: 'InvalidLocationConstraint' };
  expect(await failure(create(s3, `elsewhere-${APPID}`, elsewhere))).toEqual(refused);
});

it('many changes of a bucket at once succeed', async () => {
  const Bucket = `busy-${APPID}`;
  await create(s3, Bucket);
  const changes = Array.from({ length: 40 }, () => s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' })));
  const outcomes = await Promise.allSettled(changes);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
});

it('tags are told sorted by their keys', async () => {
  const Bucket = `tags-${APPID}`;
  await create(s3, Bucket);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x', Tagging: 'b=2&a=1&c' }));
  const sorted = [
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
    { Key: 'c', Value: '' },
  ];
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).TagSet).toEqual(sorted);
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [sorted[1]!, sorted[0]!] } }));
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual(sorted.slice(0, 2));
});

describe('logging', () => {
  const [Bucket, TargetBucket] = [`logged-${APPID}`, `logs-${APPID}`];
  const set = (more: object) => {
    const LoggingEnabled = { TargetBucket, TargetPrefix: 'l/', ...more };
    return s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }));
  };

  it('is set and told of', async () => {
    for (const name of [Bucket, TargetBucket]) await create(s3, name);
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
    await set({ TargetObjectKeyFormat: { SimplePrefix: {} } });
    const { LoggingEnabled } = await s3.send(new GetBucketLoggingCommand({ Bucket }));
    expect(LoggingEnabled).toEqual({ TargetBucket, TargetPrefix: 'l/' });
    await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: {} }));
    expect((await s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
  });

  it('is refused where it asks for more than there is', async () => {
    const missing = { status: 501, code: 'NotImplemented' };
    const Grantee = { Type: 'CanonicalUser', ID: 'qcs::cam::uin/7:uin/7' };
    expect(await failure(set({ TargetGrants: [{ Grantee, Permission: 'READ' }] }))).toEqual(missing);
    const PartitionedPrefix = { PartitionDateSource: 'EventTime' };
    expect(await failure(set({ TargetObjectKeyFormat: { PartitionedPrefix } }))).toEqual(missing);
    const other = { status: 400, code: 'InvalidTargetBucketForLogging' };
    expect(await failure(set({ TargetBucket: `absent-${APPID}` }))).toEqual(other);
    expect(await failure(set({ TargetBucket: 'NO' }))).toEqual(other);
  });
});
