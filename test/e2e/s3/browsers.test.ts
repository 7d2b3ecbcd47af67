/** What browsers send without an SDK: forms and preflights. Source: spec/s3.md §4.3, spec/buckets.md §11. */
import { createHash, createHmac } from 'node:crypto';
import {
  CreateBucketCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, type Send } from '../../support/http.ts';
import { s3Client } from '../../support/s3-client.ts';
import { APPID, SECRET_ID, SECRET_KEY, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const Bucket = `browsers-${APPID}`;
const ORIGIN = 'http://page.example.com';

let server: ServerProcess;
let s3: S3Client;
let send: Send;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server);
  send = clientOf(server, 'browsers');
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

function signedForm(key: string, more: Readonly<Record<string, string>>): Record<string, string> {
  const conditions = [{ bucket: Bucket }, { key }, ...Object.entries(more).map(([name, value]) => ({ [name]: value }))];
  const expiration = new Date(Date.now() + 600_000).toISOString();
  const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
  const signature = createHmac('sha1', SECRET_KEY).update(policy).digest('base64');
  return { key, ...more, AWSAccessKeyId: SECRET_ID, policy, signature };
}

async function post(fields: Readonly<Record<string, string>>, file: string) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([file]), 'a.txt');
  const encoded = new Request('http://localhost/', { method: 'POST', body: data });
  const headers = { 'Content-Type': encoded.headers.get('content-type')! };
  return send({ method: 'POST', body: Buffer.from(await encoded.arrayBuffer()), signed: false, headers });
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

describe('a form of S3', () => {
  it('is answered in the words of S3, with the checksum of its file', async () => {
    const value = sha256('hello');
    const answer = await post(signedForm('a', { 'x-amz-checksum-sha256': value }), 'hello');
    expect(answer.status).toBe(204);
    expect(answer.headers['x-amz-checksum-sha256']).toBe(value);
    expect(answer.headers['x-amz-version-id']).toMatch(/./);
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('x-cos-version'))).toEqual([]);
    const seen = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }));
    expect(seen.ChecksumSHA256).toBe(value);
    expect(seen.VersionId).toBe(answer.headers['x-amz-version-id']);
  });

  it('whose file is another one is refused', async () => {
    const answer = await post(signedForm('b', { 'x-amz-checksum-sha256': sha256('hello') }), 'other');
    expect(answer.status).toBe(400);
    expect(answer.error).toMatchObject({ Code: 'BadDigest', HostId: expect.stringMatching(/./) });
  });

  it('that its policy does not cover is refused with its condition, quotes and all', async () => {
    const { policy, ...form } = signedForm('c', { 'x-amz-meta-a': 'b' });
    const answer = await post({ ...form, policy: policy!, 'x-amz-meta-a': 'c' }, 'hello');
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('Policy Condition failed: ["eq", "$x-amz-meta-a", "b"]');
    expect(answer.headers['x-amz-request-id']).toBe(answer.error['RequestId']);
  });

  it('with status 201 is answered with a document without namespace', async () => {
    const answer = await post(signedForm('d', { success_action_status: '201' }), 'hello');
    expect(answer.status).toBe(201);
    expect(answer.text).toMatch(/<PostResponse><Location>http:[^<]*<\/Location>/);
  });
});

describe('a preflight of S3', () => {
  beforeAll(async () => {
    const rule = { AllowedOrigins: [ORIGIN], AllowedMethods: ['PUT'], AllowedHeaders: ['x-one', 'x-two'] };
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [rule] } }));
  });

  const preflight = (query: Readonly<Record<string, string>>, asked: string | undefined) =>
    send({
      method: 'OPTIONS',
      key: 'a',
      query,
      signed: false,
      headers: {
        Origin: ORIGIN,
        'Access-Control-Request-Method': 'PUT',
        ...(asked === undefined ? {} : { 'Access-Control-Request-Headers': asked }),
      },
    });

  it.each([
    [undefined, undefined, 'x-one,x-two'],
    ['X-Two', 'x-two', 'x-one,x-two'],
    ['x-two,x-one', 'x-two, x-one', 'x-one,x-two'],
  ])('that asks for %s lists what it asked for; one of COS lists the rule', async (asked, ofS3, ofCos) => {
    const [s3Answer, cosAnswer] = [await preflight({ 'x-id': 'PutObject' }, asked), await preflight({}, asked)];
    expect([s3Answer.status, cosAnswer.status]).toEqual([200, 200]);
    expect(s3Answer.headers['access-control-allow-headers']).toBe(ofS3);
    expect(cosAnswer.headers['access-control-allow-headers']).toBe(ofCos);
  });
});

describe('a request that is no preflight and asks like one', () => {
  const OTHER = 'http://other.example.com';
  beforeAll(async () => {
    const rules = [
      { AllowedOrigins: [ORIGIN], AllowedMethods: ['PUT'], AllowedHeaders: ['x-*'], ExposeHeaders: ['ETag'] },
      { AllowedOrigins: ['*'], AllowedMethods: ['GET'], ExposeHeaders: ['x-amz-request-id'] },
    ];
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: rules } }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'open', Body: 'hello', ACL: 'public-read' }));
  });

  const seen = async (query: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) => {
    const answer = await send({ method: 'GET', key: 'open', query, signed: false, headers });
    expect([answer.status, answer.text]).toEqual([200, 'hello']);
    const { 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed } = answer.headers;
    return { origin, exposed, headers: answer.headers['access-control-allow-headers'] };
  };
  const ANY = { origin: '*', exposed: 'x-amz-request-id' };
  const METHOD = 'Access-Control-Request-Method';
  const HEADERS = 'Access-Control-Request-Headers';

  it.each([
    [{ Origin: ORIGIN }, ANY],
    [
      { Origin: ORIGIN, [METHOD]: 'PUT' },
      { origin: ORIGIN, exposed: 'ETag' },
    ],
    [
      { Origin: ORIGIN, [METHOD]: 'PUT', [HEADERS]: 'X-One, x-two' },
      { origin: ORIGIN, exposed: 'ETag', headers: 'x-one, x-two' },
    ],
    [{ Origin: ORIGIN, [METHOD]: 'PUT', [HEADERS]: 'range' }, {}],
    [{ Origin: ORIGIN, [METHOD]: 'DELETE' }, {}],
    [{ Origin: OTHER, [METHOD]: 'PUT' }, {}],
    [{ Origin: OTHER, [HEADERS]: 'range' }, ANY],
  ])('%j is judged by what it asks in S3, by its method in COS', async (headers, ofS3) => {
    expect(await seen({ 'x-id': 'GetObject' }, headers)).toEqual({ headers: undefined, ...ofS3 });
    expect(await seen({}, headers)).toMatchObject(ANY);
  });
});
