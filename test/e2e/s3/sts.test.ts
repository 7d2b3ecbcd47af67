/** Temporary keys in the form of AWS: asked for with the signer of the SDK of AWS, then used by both protocols. */
import { execFile } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { SignatureV4 } from '@smithy/signature-v4';
import COS from 'cos-nodejs-sdk-v5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, s3Client } from '../../support/s3-client.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../../support/server-process.ts';

const run = promisify(execFile);
const OWNER = '100000000001';
const Bucket = `aws-keys-${APPID}`;
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}
const ROOT: Keys = { accessKeyId: SECRET_ID, secretAccessKey: SECRET_KEY };
type Fields = Readonly<Record<string, string>>;

/** What the signer wants of a hash. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', Buffer.from(secret as Uint8Array));
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

let server: ServerProcess;
let root: S3Client;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--test-clock'] });
  root = s3Client(server);
  await root.send(new CreateBucketCommand({ Bucket }));
});
afterAll(async () => {
  root.destroy();
  await server.remove();
});

async function cosette(...args: string[]): Promise<void> {
  const env = { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
  const all = [...args, '--ready-file', join(server.folder, 'ready.json')];
  await run(process.execPath, ['dist/cli/main.js', ...all], { env, timeout: 20_000 });
}

/** @param host other than that of the connection */
async function ask(fields: Fields, credentials = ROOT) {
  const body = new URLSearchParams({ Version: '2011-06-15', ...fields }).toString();
  const signer = new SignatureV4({ service: 'sts', region: REGION, credentials, sha256: Sha256 });
  const headers = { host: `127.0.0.1:${server.port}`, 'content-type': FORM };
  const place = { protocol: 'http:', hostname: '127.0.0.1', port: server.port };
  const signed = await signer.sign({ method: 'POST', ...place, path: '/', query: {}, headers, body });
  const answer = await fetch(`http://127.0.0.1:${server.port}/`, { method: 'POST', headers: signed.headers, body });
  const text = await answer.text();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
  return { status: answer.status, code: element('Code'), arn: element('Arn'), keys: keysIn(element), text };
}

const keysIn = (element: (name: string) => string) => ({
  accessKeyId: element('AccessKeyId'),
  secretAccessKey: element('SecretAccessKey'),
  sessionToken: element('SessionToken'),
});

async function clientFor(fields: Fields, credentials = ROOT): Promise<S3Client> {
  const { status, text, keys } = await ask(fields, credentials);
  if (status !== 200) throw new Error(text);
  return s3Client(server, { credentials: keys, maxAttempts: 1 });
}

const UPLOADS = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['s3:PutObject', 's3:GetObject'], Resource: `arn:aws:s3:::${Bucket}/up/*` }],
});
const federation = { Action: 'GetFederationToken', Name: 'uploader', Policy: UPLOADS };
const put = (s3: S3Client, Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
const DENIED = { status: 403, code: 'AccessDenied' };

describe('a key of GetFederationToken', () => {
  it('may do what its policy says and no more', async () => {
    const s3 = await clientFor(federation);
    await put(s3, 'up/a');
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'up/a' }));
    expect(await Body!.transformToString()).toBe('x');
    expect(await failure(put(s3, 'elsewhere'))).toEqual(DENIED);
    expect(await failure(s3.send(new DeleteObjectCommand({ Bucket, Key: 'up/a' })))).toEqual(DENIED);
    expect(await failure(s3.send(new ListBucketsCommand({})))).toEqual(DENIED);
  });

  it('signs addresses', async () => {
    const s3 = await clientFor(federation);
    const good = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'up/address' }), { expiresIn: 60 });
    expect((await fetch(good, { method: 'PUT', body: 'x' })).status).toBe(200);
    const bad = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'address' }), { expiresIn: 60 });
    expect((await fetch(bad, { method: 'PUT', body: 'x' })).status).toBe(403);
  });

  it('signs requests of COS as well', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = (await ask(federation)).keys;
    const pair = { SecretId: accessKeyId, SecretKey: secretAccessKey, SecurityToken: sessionToken };
    const cos = new COS({ ...pair, Protocol: 'http:', Ip: `127.0.0.1:${server.port}` } as COS.COSOptions);
    const write = (Key: string) => cos.putObject({ Bucket, Region: REGION, Key, Body: 'x' });
    expect((await write('up/cos')).statusCode).toBe(200);
    await expect(write('cos')).rejects.toMatchObject({ statusCode: 403 });
  });

  it('may nothing without a policy, and is no key without its token', async () => {
    const s3 = await clientFor({ Action: 'GetFederationToken', Name: 'nobody' });
    expect(await failure(put(s3, 'up/a'))).toEqual(DENIED);
    const { accessKeyId, secretAccessKey } = (await ask(federation)).keys;
    const bare = s3Client(server, { credentials: { accessKeyId, secretAccessKey } });
    expect(await failure(put(bare, 'up/a'))).toEqual({ status: 403, code: 'InvalidAccessKeyId' });
  });

  it('ends when its time has come', async () => {
    const s3 = await clientFor({ ...federation, DurationSeconds: '900' });
    await put(s3, 'up/late');
    try {
      await cosette('clock', 'advance', '14min');
      await put(s3, 'up/late');
      await cosette('clock', 'advance', '1min');
      expect(await failure(put(s3, 'up/late'))).toEqual({ status: 400, code: 'ExpiredToken' });
    } finally {
      await cosette('clock', 'resume');
    }
    await put(s3, 'up/late');
  });
});

describe('a key of AssumeRole', () => {
  it('has the rights of the role, narrowed by a policy, and is gone with the role', async () => {
    const rights = { version: '2.0', statement: { effect: 'allow', action: 'name/cos:PutObject', resource: '*' } };
    const file = join(server.folder, 'policy.json');
    writeFileSync(file, JSON.stringify(rights));
    await cosette('policy', 'create', 'uploads', file);
    await cosette('role', 'create', 'uploader', `qcs::cam::uin/${OWNER}:root`);
    await cosette('role', 'attach', 'uploader', 'uploads');
    const role = { Action: 'AssumeRole', RoleSessionName: 'ci', RoleArn: `arn:aws:iam::${OWNER}:role/uploader` };
    const whole = await clientFor(role);
    await put(whole, 'anywhere');
    expect(await failure(whole.send(new GetObjectCommand({ Bucket, Key: 'anywhere' })))).toEqual(DENIED);
    const narrow = await clientFor({ ...role, Policy: UPLOADS });
    await put(narrow, 'up/role');
    expect(await failure(put(narrow, 'anywhere'))).toEqual(DENIED);
    expect(await failure(narrow.send(new GetObjectCommand({ Bucket, Key: 'up/role' })))).toEqual(DENIED);
    const { keys, arn } = await ask(role);
    expect(arn).toBe(`arn:aws:sts::${OWNER}:assumed-role/uploader/ci`);
    expect(await ask({ Action: 'GetCallerIdentity' }, keys)).toMatchObject({ status: 200, arn });
    await cosette('role', 'delete', 'uploader');
    expect(await failure(put(whole, 'anywhere'))).toEqual({ status: 400, code: 'InvalidToken' });
    expect(await ask(role)).toMatchObject(DENIED);
  });
});

describe('the service', () => {
  it('refuses what does not hold, and leaves S3 its own requests', async () => {
    expect(await ask({ Action: 'GetSessionToken' })).toMatchObject({ status: 200, code: '' });
    expect(await ask({ Action: 'AssumeRoleWithSAML' })).toMatchObject({ status: 400, code: 'InvalidAction' });
    const wrong = { ...ROOT, secretAccessKey: 'wrong' };
    expect(await ask({ Action: 'GetCallerIdentity' }, wrong)).toMatchObject({ code: 'SignatureDoesNotMatch' });
    expect((await root.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toContain(Bucket);
  });
});
