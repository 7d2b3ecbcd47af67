/** Applications of AWS at the names they know: the SDK without an endpoint, and plain HTTP. Source: spec/s3.md §2, §3. */
import { readFileSync } from 'node:fs';
import { type Agent, request as ask, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainAgent, tlsAgent } from '../../support/local-agents.ts';
import { failure } from '../../support/s3-client.ts';
import { SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const REGIONS = ['us-east-1', 'eu-west-1'];
const flags = ['--base-domains', 'amazonaws.com', '--regions', REGIONS.join(), '--region', 'us-east-1'];
const credentials = { accessKeyId: SECRET_ID, secretAccessKey: SECRET_KEY };
let server: ServerProcess;
let secure: ReturnType<typeof tlsAgent>;
let plain: Agent;

beforeAll(async () => {
  server = await startServerProcess({ flags: [...flags, '--bare-bucket-names', '--tls-port', '0'] });
  const { tls } = JSON.parse(readFileSync(join(server.folder, 'ready.json'), 'utf8'));
  secure = tlsAgent(tls.port, readFileSync(tls.caFile, 'utf8'));
  plain = plainAgent(server.port);
});
afterAll(async () => {
  secure.destroy();
  plain.destroy();
  await server.remove();
});

/** As an application has it; only what carries its connections is ours. */
const sdk = (region: string, more: S3ClientConfig = {}) =>
  new S3Client({ region, credentials, requestHandler: { httpsAgent: secure }, ...more });

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

/** Unsigned, through the server as HTTP proxy. */
function viaProxy(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const { host } = new URL(url);
  return answerOf({ port: server.port, host: '127.0.0.1', path: url, method, headers: { Host: host, ...headers } });
}

function answerOf(options: RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = ask(options, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, type: reply.headers['content-type'], text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe.each([
  ['us-east-1', 'photos-of-the-east', {}],
  ['eu-west-1', 'photos.of.the.west', {}],
  ['eu-west-1', 'photos-of-two-stacks', { useDualstackEndpoint: true }],
  ['eu-west-1', 'photos-in-the-path', { forcePathStyle: true }],
] as const)('the SDK for %s with %s %j', (region, Bucket, more) => {
  let s3: S3Client;
  beforeAll(() => {
    s3 = sdk(region, more);
  });
  afterAll(() => s3.destroy());

  it('makes a bucket, writes, reads, lists and removes', async () => {
    await s3.send(new CreateBucketCommand({ Bucket }));
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(region);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a/图.txt', Body: 'hello' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/图.txt' }));
    expect(await Body!.transformToString()).toBe('hello');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['a/图.txt']);
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toContain(Bucket);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/图.txt' }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ status: 404 });
  });
});

describe('the global host', () => {
  const Bucket = 'western';

  it('has the buckets of all regions', async () => {
    const west = sdk('eu-west-1');
    await west.send(new CreateBucketCommand({ Bucket }));
    await west.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', ACL: 'public-read' }));
    await west.send(new PutObjectCommand({ Bucket, Key: 'private', Body: 'hello' }));
    west.destroy();
    const everywhere = sdk('us-east-1', { endpoint: 'https://s3.amazonaws.com' });
    const { Body } = await everywhere.send(new GetObjectCommand({ Bucket, Key: 'k' }));
    expect(await Body!.transformToString()).toBe('hello');
    const made = 'eastern';
    await everywhere.send(new CreateBucketCommand({ Bucket: made }));
    await everywhere.send(new CreateBucketCommand({ Bucket: 'with.dots' }));
    await everywhere.send(new PutObjectCommand({ Bucket: 'with.dots', Key: 'k', Body: 'dots', ACL: 'public-read' }));
    expect((await everywhere.send(new GetBucketLocationCommand({ Bucket: made }))).LocationConstraint).toBe(
      'us-east-1',
    );
    const { Buckets } = await everywhere.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual([made, Bucket, 'with.dots']);
    everywhere.destroy();
  });

  it('speaks S3 to whoever does not sign', async () => {
    expect(await viaProxy(`http://${Bucket}.s3.amazonaws.com/k`)).toMatchObject({ status: 200, text: 'hello' });
    expect(await viaProxy(`http://s3.amazonaws.com/${Bucket}/k`)).toMatchObject({ status: 200, text: 'hello' });
    expect(await viaProxy('http://with.dots.s3-us-east-1.amazonaws.com/k')).toMatchObject({
      status: 200,
      text: 'dots',
    });
    const denied = await viaProxy(`http://${Bucket}.s3.eu-west-1.amazonaws.com/private`);
    expect(denied).toMatchObject({ status: 403, type: 'application/xml' });
    expect(denied.text).toMatch(/<Code>AccessDenied<\/Code>.*<HostId>/);
    const missing = await viaProxy('http://no-such-thing.s3.amazonaws.com/k');
    expect(missing.status).toBe(404);
    expect(missing.text).toContain('<BucketName>no-such-thing</BucketName>');
    const nowhere = await viaProxy(`http://${Bucket}.s3.eu-north-1.amazonaws.com/k`);
    expect(nowhere.text).toContain('<HostId>');
  });

  it('speaks nothing else', async () => {
    const Authorization =
      'q-sign-algorithm=sha1&q-ak=a&q-sign-time=1;2&q-key-time=1;2&q-header-list=&q-url-param-list=';
    const answer = await viaProxy(`http://${Bucket}.s3.amazonaws.com/k`, 'GET', { Authorization });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('<Message>Unsupported Authorization Type</Message>');
    const cos = await viaProxy(`http://s3.amazonaws.com/${Bucket}/private?q-sign-algorithm=sha1`);
    expect(cos.text).toContain('<HostId>');
  });

  it('takes addresses that are signed in the query', async () => {
    const west = sdk('eu-west-1', { tls: false, requestHandler: { httpAgent: plain } });
    const url = await getSignedUrl(west, new GetObjectCommand({ Bucket, Key: 'private' }), { expiresIn: 60 });
    expect(new URL(url).host).toBe(`${Bucket}.s3.eu-west-1.amazonaws.com`);
    expect(await viaProxy(url)).toMatchObject({ status: 200, text: 'hello' });
    expect(await viaProxy(`${url}0`)).toMatchObject({ status: 403 });
    west.destroy();
  });

  it('has the token service of AWS beside it', async () => {
    for (const host of ['sts.amazonaws.com', 'sts.eu-west-1.amazonaws.com']) {
      const answer = await viaProxy(`http://${host}/?Action=GetCallerIdentity&Version=2011-06-15`);
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('<Code>MissingAuthenticationToken</Code>');
    }
  });

  it('is no way to other services of AWS', async () => {
    expect((await viaProxy('http://s3.example.com/')).text).not.toContain('<HostId>');
    expect((await viaProxy('http://ec2.us-east-1.amazonaws.com/')).status).toBe(400);
  });
});
