/** Object lock as clients of S3 use it: two modes, legal hold, and the bypass of one mode. Source: spec/s3.md §6, §12.2. */
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type ObjectLockRule,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const Bucket = `locked-${APPID}`;
const plain = `plain-${APPID}`;
let server: ServerProcess;
let s3: S3Client;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server);
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  await s3.send(new CreateBucketCommand({ Bucket: plain }));
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

const inDays = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 + days * 86_400_000);
const put = async (Key: string, more = {}) => {
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'abc', ...more }));
  return { Bucket, Key, VersionId };
};
const retain = (target: object, Mode: 'GOVERNANCE' | 'COMPLIANCE', RetainUntilDate: Date, more = {}) =>
  s3.send(new PutObjectRetentionCommand({ Bucket, Key: '', ...target, Retention: { Mode, RetainUntilDate }, ...more }));
const hold = (target: object, Status: 'ON' | 'OFF') =>
  s3.send(new PutObjectLegalHoldCommand({ Bucket, Key: '', ...target, LegalHold: { Status } }));
const remove = (
  target: { Bucket: string; Key: string; VersionId: string | undefined },
  BypassGovernanceRetention?: boolean,
) =>
  s3.send(
    new DeleteObjectCommand({
      ...target,
      ...(BypassGovernanceRetention === undefined ? {} : { BypassGovernanceRetention }),
    }),
  );
const configure = (bucket: string, Rule?: ObjectLockRule) =>
  s3.send(
    new PutObjectLockConfigurationCommand({
      Bucket: bucket,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...(Rule === undefined ? {} : { Rule }) },
    }),
  );
const DENIED = { status: 403, code: 'AccessDenied' };

describe('the configuration of a bucket', () => {
  it('comes with versioning, which stays', async () => {
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const suspend = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } });
    expect(await failure(s3.send(suspend))).toEqual({ status: 409, code: 'InvalidBucketState' });
  });

  it.each<ObjectLockRule>([
    { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
    { DefaultRetention: { Mode: 'COMPLIANCE', Years: 1 } },
  ])('gives back what was put: %j', async (Rule) => {
    const Own = `rules-${Rule.DefaultRetention?.Mode?.toLowerCase()}-${APPID}`;
    await s3.send(new CreateBucketCommand({ Bucket: Own, ObjectLockEnabledForBucket: true }));
    await configure(Own, Rule);
    const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: Own }));
    expect(ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled', Rule });
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket: Own, Key: 'k', Body: 'abc' }));
    const days = Rule.DefaultRetention?.Days ?? 365;
    const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket: Own, Key: 'k', VersionId }));
    expect(Retention?.Mode).toBe(Rule.DefaultRetention?.Mode);
    expect(Math.abs(Retention!.RetainUntilDate!.getTime() - inDays(days).getTime())).toBeLessThan(60_000);
  });

  it.each<[ObjectLockRule, string]>([
    [{ DefaultRetention: { Mode: 'GOVERNANCE', Days: 1, Years: 1 } }, 'MalformedXML'],
    [{ DefaultRetention: { Mode: 'GOVERNANCE' } }, 'MalformedXML'],
    [{ DefaultRetention: { Mode: 'governance' as 'GOVERNANCE', Days: 1 } }, 'MalformedXML'],
    [{ DefaultRetention: { Mode: 'GOVERNANCE', Days: 0 } }, 'InvalidRetentionPeriod'],
    [{ DefaultRetention: { Mode: 'GOVERNANCE', Years: -1 } }, 'InvalidRetentionPeriod'],
  ])('refuses %j', async (rule, code) => {
    expect(await failure(configure(Bucket, rule))).toEqual({ status: 400, code });
  });

  it('needs versioning where it comes later', async () => {
    const Late = `late-${APPID}`;
    await s3.send(new CreateBucketCommand({ Bucket: Late }));
    expect(await failure(configure(Late))).toEqual({ status: 409, code: 'InvalidBucketState' });
    const absent = s3.send(new GetObjectLockConfigurationCommand({ Bucket: Late }));
    expect(await failure(absent)).toEqual({ status: 404, code: 'ObjectLockConfigurationNotFoundError' });
    await s3.send(new PutBucketVersioningCommand({ Bucket: Late, VersioningConfiguration: { Status: 'Enabled' } }));
    await configure(Late);
    const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket: Late }));
    expect(ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled' });
  });

  it('may have lifecycle rules beside it', async () => {
    const rule = { ID: 'r', Status: 'Enabled' as const, Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } };
    const put = new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } });
    expect((await s3.send(put)).$metadata.httpStatusCode).toBe(200);
  });
});

describe('retention', () => {
  it('of GOVERNANCE gives way to a bypass, when it is shortened, changed or lifted', async () => {
    const target = await put('governance');
    await retain(target, 'GOVERNANCE', inDays(3));
    await retain(target, 'GOVERNANCE', inDays(4));
    expect(await failure(retain(target, 'GOVERNANCE', inDays(2)))).toEqual(DENIED);
    expect(await failure(retain(target, 'COMPLIANCE', inDays(5)))).toEqual(DENIED);
    expect(await failure(remove(target))).toEqual(DENIED);
    await retain(target, 'GOVERNANCE', inDays(1), { BypassGovernanceRetention: true });
    const { Retention } = await s3.send(new GetObjectRetentionCommand(target));
    expect(Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: inDays(1) });
    expect((await remove(target, true)).$metadata.httpStatusCode).toBe(204);
    expect(await failure(s3.send(new HeadObjectCommand(target)))).toMatchObject({ status: 404 });
  });

  it('of COMPLIANCE gives way to nothing', async () => {
    const target = await put('compliance', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(2) });
    const bypass = { BypassGovernanceRetention: true };
    expect(await failure(retain(target, 'GOVERNANCE', inDays(3), bypass))).toEqual(DENIED);
    expect(await failure(retain(target, 'COMPLIANCE', inDays(1), bypass))).toEqual(DENIED);
    expect(await failure(remove(target, true))).toEqual(DENIED);
    await retain(target, 'COMPLIANCE', inDays(3));
    const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'compliance' }));
    expect(marker.DeleteMarker).toBe(true);
  });

  it('is told by reads, and asked for by every kind of write', async () => {
    const lock = { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate: inDays(2) };
    const Key = 'parts';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...lock }));
    const part = { Bucket, Key, UploadId, PartNumber: 1 };
    const { ETag } = await s3.send(new UploadPartCommand({ ...part, Body: 'abc' }));
    const parts = { MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } };
    const { VersionId } = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, ...parts }));
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(lock);
    expect(await failure(remove({ Bucket, Key, VersionId }))).toEqual(DENIED);
    const bad = put('bad', { ...lock, ObjectLockMode: 'governance' });
    expect(await failure(bad)).toEqual({ status: 400, code: 'InvalidArgument' });
    expect(await failure(put('bad', { ...lock, ObjectLockRetainUntilDate: inDays(-1) }))).toMatchObject({
      status: 400,
    });
  });

  it('is refused where the date or the bucket is not for it', async () => {
    const target = await put('dates');
    expect(await failure(retain(target, 'GOVERNANCE', inDays(-1)))).toEqual({ status: 400, code: 'InvalidArgument' });
    expect(await failure(retain(target, 'abc' as 'GOVERNANCE', inDays(1)))).toEqual({
      status: 400,
      code: 'MalformedXML',
    });
    const none = s3.send(new GetObjectRetentionCommand(target));
    expect(await failure(none)).toEqual({ status: 404, code: 'NoSuchObjectLockConfiguration' });
    await s3.send(new PutObjectCommand({ Bucket: plain, Key: 'k', Body: 'abc' }));
    const other = { Bucket: plain, Key: 'k' };
    const INVALID = { status: 400, code: 'InvalidRequest' };
    expect(await failure(retain(other, 'GOVERNANCE', inDays(1)))).toEqual(INVALID);
    expect(await failure(s3.send(new GetObjectRetentionCommand(other)))).toEqual(INVALID);
    expect(await failure(hold(other, 'ON'))).toEqual(INVALID);
    expect(await failure(s3.send(new GetObjectLegalHoldCommand(other)))).toEqual(INVALID);
  });
});

describe('a lock', () => {
  it('is of the bytes: tags may change', async () => {
    const lock = { ObjectLockMode: 'COMPLIANCE' as const, ObjectLockRetainUntilDate: inDays(2) };
    const target = await put('tagged', lock);
    const TagSet = [{ Key: 'k', Value: 'v' }];
    await s3.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }));
    expect((await s3.send(new GetObjectTaggingCommand(target))).TagSet).toEqual(TagSet);
    await s3.send(new DeleteObjectTaggingCommand(target));
    expect((await s3.send(new GetObjectTaggingCommand(target))).TagSet).toEqual([]);
  });
});

describe('legal hold', () => {
  it('keeps a version whatever is bypassed, until it is off', async () => {
    const lock = { ObjectLockMode: 'GOVERNANCE' as const, ObjectLockRetainUntilDate: inDays(2) };
    const target = await put('held', { ...lock, ObjectLockLegalHoldStatus: 'ON' });
    expect(await failure(remove(target, true))).toEqual(DENIED);
    await hold(target, 'OFF');
    expect((await s3.send(new GetObjectLegalHoldCommand(target))).LegalHold).toEqual({ Status: 'OFF' });
    // It left the retention as it was.
    expect(await s3.send(new HeadObjectCommand(target))).toMatchObject({ ...lock, ObjectLockLegalHoldStatus: 'OFF' });
    expect((await remove(target, true)).$metadata.httpStatusCode).toBe(204);
    expect(await failure(hold(await put('held'), 'abc' as 'ON'))).toEqual({ status: 400, code: 'MalformedXML' });
  });
});

describe('deleting several', () => {
  it('removes what is not retained, and the rest with a bypass', async () => {
    const { Key, VersionId } = await put('a', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(2) });
    const free = await put('b');
    const Objects = [
      { Key, VersionId },
      { Key: free.Key, VersionId: free.VersionId },
    ];
    const first = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(first.Errors).toMatchObject([{ Code: 'AccessDenied', Key, VersionId }]);
    expect(first.Deleted).toMatchObject([{ Key: 'b', VersionId: free.VersionId }]);
    const again = { Bucket, Delete: { Objects: Objects.slice(0, 1) }, BypassGovernanceRetention: true };
    const second = await s3.send(new DeleteObjectsCommand(again));
    expect(second.Errors ?? []).toEqual([]);
    expect(second.Deleted).toMatchObject([{ Key, VersionId }]);
  });
});
