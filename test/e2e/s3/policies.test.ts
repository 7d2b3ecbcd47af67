/** Bucket policies in the language of AWS, by the SDK of AWS and both protocols. Source: spec/s3.md §9. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectTaggingCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../support/http.ts';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const run = promisify(execFile);
const OTHER = '100000000002';
const OTHER_APPID = '1250000002';
const DENIED = { status: 403, code: 'AccessDenied' };
const MALFORMED = { status: 400, code: 'MalformedPolicy' };

let server: ServerProcess;
let owner: S3Client;
let other: S3Client;
let made = 0;

beforeAll(async () => {
  server = await startServerProcess();
  owner = s3Client(server);
  await cosette('account', 'create', 'Other', '--new-uin', OTHER, '--new-appid', OTHER_APPID);
  const { secretId, secretKey } = JSON.parse(await cosette('key', 'create', '--account', 'Other', '--json'));
  other = s3Client(server, { credentials: { accessKeyId: secretId, secretAccessKey: secretKey }, maxAttempts: 1 });
});
afterAll(async () => {
  owner.destroy();
  other.destroy();
  await server.remove();
});

async function cosette(...args: string[]): Promise<string> {
  const env = { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
  const all = ['dist/cli/main.js', ...args, '--ready-file', join(server.folder, 'ready.json')];
  return (await run(process.execPath, all, { env, timeout: 20_000 })).stdout;
}

async function bucket(): Promise<string> {
  made += 1;
  const Bucket = `policies-${made}-${APPID}`;
  await owner.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

const arn = (Bucket: string, key?: string) => `arn:aws:s3:::${Bucket}${key === undefined ? '' : `/${key}`}`;
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string, Resource: string, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { AWS: '*' },
  Action,
  Resource,
  ...more,
});
const deny = (Action: string, Resource: string, more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});
const putPolicy = (Bucket: string, ...statements: object[]) =>
  owner.send(new PutBucketPolicyCommand({ Bucket, Policy: document(...statements) }));
const put = (s3: S3Client, Bucket: string, Key: string, more = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
const get = (s3: S3Client, Bucket: string, Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }));
const list = (s3: S3Client, Bucket: string, Prefix?: string) => s3.send(new ListObjectsV2Command({ Bucket, Prefix }));

describe('the text of a policy', () => {
  it('comes back byte for byte by both protocols, and goes', async () => {
    const Bucket = await bucket();
    const Policy = `{ "Version": "2012-10-17",\n  "Statement": ${JSON.stringify(allow('s3:GetObject', arn(Bucket, '*')))} }`;
    await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await owner.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
    const native = await clientOf(server, Bucket.replace(`-${APPID}`, ''))({ method: 'GET', query: { policy: '' } });
    expect([native.status, native.text]).toEqual([200, Policy]);
    await owner.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await failure(owner.send(new GetBucketPolicyCommand({ Bucket })))).toEqual({
      status: 404,
      code: 'NoSuchBucketPolicy',
    });
  });

  it('may be in the language of CAM too', async () => {
    const Bucket = await bucket();
    const statement = {
      effect: 'allow',
      principal: { qcs: ['qcs::cam::anyone:anyone'] },
      action: ['name/cos:GetObject'],
      resource: [`qcs::cos::uid/${APPID}:${Bucket}/*`],
    };
    const Policy = JSON.stringify({ version: '2.0', Statement: [statement] });
    await owner.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    await put(owner, Bucket, 'a');
    expect((await get(other, Bucket, 'a')).$metadata.httpStatusCode).toBe(200);
  });

  it.each([
    ['another bucket', allow('s3:GetObject', 'arn:aws:s3:::elsewhere/*')],
    ['NotPrincipal', { Effect: 'Allow', NotPrincipal: { AWS: OTHER }, Action: 's3:*', Resource: '*' }],
    ['an action that is not known', allow('s3:FetchObject', '*')],
    ['a variable that is not known', allow('s3:GetObject', 'arn:aws:s3:::*/${aws:colour}/*')],
  ])('is refused for %s', async (_, statement) => {
    const Bucket = await bucket();
    expect(await failure(putPolicy(Bucket, statement))).toEqual(MALFORMED);
  });
});

describe('GetBucketPolicyStatus', () => {
  const isPublic = async (Bucket: string) =>
    (await owner.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic;

  it('tells of policies and ACLs for everybody', async () => {
    const Bucket = await bucket();
    expect(await isPublic(Bucket)).toBe(false);
    await putPolicy(Bucket, allow('s3:ListBucket', arn(Bucket)));
    expect(await isPublic(Bucket)).toBe(true);
    const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/32' } };
    await putPolicy(Bucket, allow('s3:ListBucket', arn(Bucket), { Condition }));
    expect(await isPublic(Bucket)).toBe(false);
    await putPolicy(Bucket, allow('s3:ListBucket', arn(Bucket), { Principal: { AWS: `arn:aws:iam::${OTHER}:root` } }));
    expect(await isPublic(Bucket)).toBe(false);
    await owner.send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }));
    expect(await isPublic(Bucket)).toBe(true);
  });
});

describe('a statement', () => {
  it('allows another account what it names, by UIN and by APPID', async () => {
    for (const AWS of [OTHER, OTHER_APPID, [`arn:aws:iam::${OTHER_APPID}:root`]]) {
      const Bucket = await bucket();
      await put(owner, Bucket, 'in/a');
      await put(owner, Bucket, 'out/a');
      const bare = Bucket.replace(`-${APPID}`, '');
      await putPolicy(Bucket, allow('s3:GetObject', arn(bare, 'in/*'), { Principal: { AWS } }));
      expect((await get(other, Bucket, 'in/a')).ContentLength).toBe(1);
      expect(await failure(get(other, Bucket, 'out/a'))).toEqual(DENIED);
      expect(await failure(list(other, Bucket))).toEqual(DENIED);
    }
  });

  it('about objects is none about the bucket, and the other way round', async () => {
    const Bucket = await bucket();
    await putPolicy(Bucket, allow('s3:*', arn(Bucket, '*')));
    expect(await failure(list(other, Bucket, 'a'))).toEqual(DENIED);
    await putPolicy(Bucket, allow('s3:*', arn(Bucket)));
    expect((await list(other, Bucket, 'a')).KeyCount).toBe(0);
    const upload = new CreateMultipartUploadCommand({ Bucket, Key: 'a' });
    expect(await failure(other.send(upload))).toEqual(DENIED);
  });

  it('that denies everybody denies the owner too, save the policy itself', async () => {
    const Bucket = await bucket();
    await putPolicy(
      Bucket,
      deny('s3:PutObject', arn(Bucket, '*'), { Condition: { Null: { 's3:x-amz-server-side-encryption': 'true' } } }),
      deny('s3:GetBucketPublicAccessBlock', arn(Bucket)),
      deny('s3:*BucketPolicy', arn(Bucket)),
    );
    expect(await failure(put(owner, Bucket, 'a'))).toEqual(DENIED);
    await put(owner, Bucket, 'a', { ServerSideEncryption: 'AES256' });
    expect(await failure(owner.send(new GetPublicAccessBlockCommand({ Bucket })))).toEqual(DENIED);
    await owner.send(new DeleteBucketPolicyCommand({ Bucket }));
    await put(owner, Bucket, 'a');
  });

  it('counts by the same rules for requests of COS', async () => {
    const Bucket = await bucket();
    const Condition = { StringLike: { 's3:x-amz-acl': 'public*' } };
    await putPolicy(Bucket, deny('s3:PutObject', arn(Bucket, '*'), { Condition }));
    const send = clientOf(server, Bucket.replace(`-${APPID}`, ''));
    const acl = (value: string) => send({ method: 'PUT', key: 'a', headers: { 'x-cos-acl': value }, body: 'x' });
    expect((await acl('private')).status).toBe(200);
    expect((await acl('public-read')).status).toBe(403);
  });
});

describe('a condition', () => {
  it('on the tags of the object holds for reads, tags and ACLs', async () => {
    const Bucket = await bucket();
    const Condition = { StringEquals: { 's3:ExistingObjectTag/security': 'public' } };
    const actions = ['s3:GetObject', 's3:GetObjectTagging', 's3:PutObjectTagging', 's3:GetObjectAcl'];
    await putPolicy(Bucket, ...actions.map((action) => allow(action, arn(Bucket, '*'), { Condition })));
    const tags = (value: string) => ({ TagSet: [{ Key: 'security', Value: value }] });
    const tag = (s3: S3Client, Key: string, value: string) =>
      s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: tags(value) }));
    for (const Key of ['public', 'private']) {
      await put(owner, Bucket, Key);
      await tag(owner, Key, Key);
    }
    const calls = (Key: string) => [
      () => get(other, Bucket, Key),
      () => other.send(new GetObjectTaggingCommand({ Bucket, Key })),
      () => other.send(new GetObjectAclCommand({ Bucket, Key })),
    ];
    for (const call of calls('public')) expect((await call()).$metadata.httpStatusCode).toBe(200);
    for (const call of calls('private')) expect(await failure(call())).toEqual(DENIED);
    expect(await failure(other.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'public' })))).toEqual(DENIED);
    // Whoever takes the tag away has taken his own right away.
    await tag(other, 'public', 'private');
    expect(await failure(tag(other, 'public', 'public'))).toEqual(DENIED);
  });

  it('on the source and the directive of a copy', async () => {
    const [source, Bucket] = [await bucket(), await bucket()];
    for (const key of ['public/a b', 'private/a']) await put(owner, source, key);
    await putPolicy(source, allow('s3:GetObject', arn(source, '*')));
    const Condition = {
      StringLike: { 's3:x-amz-copy-source': `${source.replace(`-${APPID}`, '')}/public/*` },
      StringEquals: { 's3:x-amz-metadata-directive': 'COPY' },
    };
    await putPolicy(Bucket, allow('s3:PutObject', arn(Bucket, '*'), { Condition }));
    const copy = (CopySource: string, MetadataDirective?: 'COPY') =>
      other.send(new CopyObjectCommand({ Bucket, Key: 'a', CopySource, MetadataDirective }));
    await copy(`${source}/public/a%20b`, 'COPY');
    expect(await failure(copy(`${source}/public/a%20b`))).toEqual(DENIED);
    expect(await failure(copy(`${source}/private/a`, 'COPY'))).toEqual(DENIED);
    expect(await failure(put(other, Bucket, 'a'))).toEqual(DENIED);
  });

  it('on the signature, the class and the prefix', async () => {
    const Bucket = await bucket();
    await putPolicy(
      Bucket,
      deny('s3:*', arn(Bucket, '*'), { Condition: { StringNotEquals: { 's3:signatureversion': 'AWS4-HMAC-SHA256' } } }),
      deny('s3:PutObject', arn(Bucket, '*'), { Condition: { StringEquals: { 's3:x-amz-storage-class': 'GLACIER' } } }),
      allow('s3:ListBucket', arn(Bucket), { Condition: { StringEquals: { 's3:prefix': ['a/', 'b/'] } } }),
    );
    await put(owner, Bucket, 'a/x');
    expect(await failure(put(owner, Bucket, 'a/y', { StorageClass: 'GLACIER' }))).toEqual(DENIED);
    const native = clientOf(server, Bucket.replace(`-${APPID}`, ''));
    expect((await native({ method: 'GET', key: 'a/x' })).status).toBe(403);
    expect((await list(other, Bucket, 'a/')).KeyCount).toBe(1);
    expect(await failure(list(other, Bucket, 'c/'))).toEqual(DENIED);
    expect(await failure(list(other, Bucket))).toEqual(DENIED);
  });
});
