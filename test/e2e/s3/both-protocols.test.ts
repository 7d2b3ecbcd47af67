/** What one protocol writes, the other reads: bytes, metadata, tags, ACL, version, ETag. Source: spec/s3.md, first lines. */
import { createHash, createHmac } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, type Send } from '../../support/http.ts';
import { s3Client } from '../../support/s3-client.ts';
import { SDKS, type Sdk } from '../../support/sdk.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../../support/server-process.ts';

const Bucket = `both-${APPID}`;
/** Appendable objects are not versioned. */
const Plain = `both-plain-${APPID}`;
const AT = { Bucket, Region: REGION };
const MIB = 1024 * 1024;
/** An ACL of all may read. */
const ALL_MAY_READ = {
  aws: 'http://acs.amazonaws.com/groups/global/AllUsers',
  cos: 'http://cam.qcloud.com/groups/global/AllUsers',
};

let server: ServerProcess;
let s3: S3Client;
let cos: Sdk;
let send: Send;

beforeAll(async () => {
  server = await startServerProcess();
  s3 = s3Client(server);
  cos = SDKS[0]![1](server);
  send = clientOf(server, 'both');
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new CreateBucketCommand({ Bucket: Plain }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
});
afterAll(async () => {
  s3.destroy();
  await server.remove();
});

interface Seen {
  readonly bytes: string;
  readonly etag: string;
  readonly version: string | undefined;
  readonly type: string;
  readonly meta: string | undefined;
  readonly storageClass: string;
  readonly tags: readonly string[];
  readonly publicRead: boolean;
}

const sha1 = (bytes: Uint8Array) => createHash('sha1').update(bytes).digest('hex');

async function byS3(Key: string, Bucket: string): Promise<Seen> {
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  expect(head.ETag).toBe(got.ETag);
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket, Key }));
  return {
    bytes: sha1(await got.Body!.transformToByteArray()),
    etag: got.ETag!,
    version: got.VersionId,
    type: got.ContentType!,
    meta: got.Metadata?.['colour'],
    storageClass: got.StorageClass ?? 'STANDARD',
    tags: TagSet!.map((tag) => `${tag.Key}=${tag.Value}`),
    publicRead: Grants!.some(({ Grantee, Permission }) => Grantee?.URI === ALL_MAY_READ.aws && Permission === 'READ'),
  };
}

async function byCos(Key: string, Bucket: string): Promise<Seen> {
  const AT = { Bucket, Region: REGION };
  const got = await cos.getObject({ ...AT, Key });
  const { Tags } = await cos.getObjectTagging({ ...AT, Key });
  const { Grants } = await cos.getObjectAcl({ ...AT, Key });
  const { headers } = got;
  return {
    bytes: sha1(got.Body as Buffer),
    etag: headers.etag,
    version: headers['x-cos-version-id'],
    type: headers['content-type'],
    meta: headers['x-cos-meta-colour'],
    storageClass: headers['x-cos-storage-class'] ?? 'STANDARD',
    tags: (Tags as { Key: string; Value: string }[]).map((tag) => `${tag.Key}=${tag.Value}`),
    publicRead: (Grants as { Grantee: { URI?: string }; Permission: string }[]).some(
      ({ Grantee, Permission }) => Grantee.URI === ALL_MAY_READ.cos && Permission === 'READ',
    ),
  };
}

const TAGS = ['a=1', 'b=图'];
const TAGGING = 'a=1&b=%E5%9B%BE';
const large = Buffer.alloc(6 * MIB, 'large');
const common = { type: 'text/x-both', meta: 'red', storageClass: 'STANDARD_IA', tags: TAGS, publicRead: true };
const cosHeaders = { 'x-cos-meta-colour': 'red', 'x-cos-tagging': TAGGING };
const cosParameters = {
  ContentType: common.type,
  StorageClass: 'STANDARD_IA',
  ACL: 'public-read',
  Headers: cosHeaders,
};
const s3Parameters = {
  ContentType: common.type,
  StorageClass: 'STANDARD_IA',
  ACL: 'public-read',
  Metadata: { colour: 'red' },
  Tagging: TAGGING,
} as const;

/** Each writes the key it is given. */
type Writer = [
  name: string,
  bytes: Buffer,
  write: (Key: string, Body: Buffer) => Promise<unknown>,
  more?: Partial<Seen>,
];
const WRITERS: Writer[] = [
  ['PutObject of COS', Buffer.from('one'), (Key, Body) => cos.putObject({ ...AT, Key, Body, ...cosParameters })],
  [
    'PutObject of S3',
    Buffer.from('two'),
    (Key, Body) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...s3Parameters })),
  ],
  [
    'a form of COS',
    Buffer.from('three'),
    (key, file) => form({ key, ...cosForm(key), 'x-cos-meta-colour': 'red' }, file),
    { tags: [] },
  ],
  [
    'a form of S3',
    Buffer.from('four'),
    (key, file) => form({ key, ...s3Form(key), 'x-amz-meta-colour': 'red' }, file),
    { tags: [] },
  ],
  [
    'parts of COS',
    large,
    async (Key, Body) => {
      const { UploadId } = await cos.multipartInit({ ...AT, Key, ...cosParameters });
      const Parts = [];
      for (const [at, PartNumber] of [
        [0, 1],
        [5 * MIB, 2],
      ] as const) {
        const piece = Body.subarray(at, at + 5 * MIB);
        const { ETag } = await cos.multipartUpload({ ...AT, Key, UploadId, PartNumber, Body: piece });
        Parts.push({ PartNumber, ETag });
      }
      await cos.multipartComplete({ ...AT, Key, UploadId, Parts });
    },
  ],
  [
    'parts of S3',
    large,
    async (Key, Body) => {
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...s3Parameters }));
      const Parts = [];
      for (const [at, PartNumber] of [
        [0, 1],
        [5 * MIB, 3],
      ] as const) {
        const piece = Body.subarray(at, at + 5 * MIB);
        const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: piece }));
        Parts.push({ PartNumber, ETag });
      }
      await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    },
  ],
  [
    'appended pieces',
    Buffer.from('five and six'),
    async (Key, Body) => {
      const at = { Bucket: Plain, Region: REGION, Key };
      const first = { ...at, Position: 0, Body: Body.subarray(0, 4), ContentType: common.type };
      await cos.appendObject({ ...first, ACL: 'public-read', Headers: { 'x-cos-meta-colour': 'red' } });
      await cos.appendObject({ ...at, Position: 4, Body: Body.subarray(4) });
    },
    { tags: [], storageClass: 'STANDARD', version: undefined },
  ],
  [
    'a copy of COS',
    Buffer.from('two'),
    async (Key) => {
      await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: 'two', ...s3Parameters }));
      const CopySource = `${Bucket}.cos.${REGION}.myqcloud.com/source`;
      await cos.putObjectCopy({ ...AT, Key, CopySource, StorageClass: 'STANDARD_IA', ACL: 'public-read' });
    },
  ],
  [
    'a copy of S3',
    Buffer.from('one'),
    async (Key) => {
      await cos.putObject({ ...AT, Key: 'source', Body: 'one', ...cosParameters });
      const CopySource = `${Bucket}/source`;
      await s3.send(
        new CopyObjectCommand({ Bucket, Key, CopySource, StorageClass: 'STANDARD_IA', ACL: 'public-read' }),
      );
    },
  ],
];

function policyOf(conditions: readonly unknown[]): string {
  const expiration = new Date(Date.now() + 600_000).toISOString();
  return Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64');
}

function s3Form(key: string): Record<string, string> {
  const fields = { acl: 'public-read', 'Content-Type': common.type, 'x-amz-storage-class': 'STANDARD_IA' };
  const conditions = [{ bucket: Bucket }, { key }, fields, ['starts-with', '$x-amz-meta-', '']];
  const exact = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
  const policy = policyOf([conditions[0], conditions[1], ...exact, { 'x-amz-meta-colour': 'red' }]);
  const signature = createHmac('sha1', SECRET_KEY).update(policy).digest('base64');
  return { ...fields, AWSAccessKeyId: SECRET_ID, policy, signature };
}

function cosForm(key: string): Record<string, string> {
  const now = Math.floor(Date.now() / 1000);
  const keyTime = `${now - 10};${now + 600}`;
  const conditions = [
    { bucket: Bucket },
    { key },
    { 'q-sign-algorithm': 'sha1' },
    { 'q-ak': SECRET_ID },
    { 'q-sign-time': keyTime },
  ];
  const policy = policyOf(conditions);
  const hmac = (secret: string, text: string) => createHmac('sha1', secret).update(text).digest('hex');
  const digest = createHash('sha1').update(Buffer.from(policy, 'base64')).digest('hex');
  return {
    acl: 'public-read',
    'Content-Type': common.type,
    'x-cos-storage-class': 'STANDARD_IA',
    policy,
    'q-sign-algorithm': 'sha1',
    'q-ak': SECRET_ID,
    'q-key-time': keyTime,
    'q-signature': hmac(hmac(SECRET_KEY, keyTime), digest),
  };
}

async function form(fields: Readonly<Record<string, string>>, file: Buffer): Promise<void> {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append('file', new Blob([new Uint8Array(file)]), 'a.txt');
  const encoded = new Request('http://localhost/', { method: 'POST', body: data });
  const headers = { 'Content-Type': encoded.headers.get('content-type')! };
  const body = Buffer.from(await encoded.arrayBuffer());
  const answer = await send({ method: 'POST', body, signed: false, headers });
  expect(answer.text).toBe('');
  expect(answer.status).toBe(204);
}

describe('an object written by', () => {
  it.each(WRITERS)('%s is the same in both', async (...[name, bytes, write, more = {}]: Writer) => {
    const key = `w/${name} 图`;
    await write(key, bytes);
    const bucket = name === 'appended pieces' ? Plain : Bucket;
    const seen = await byS3(key, bucket);
    expect(await byCos(key, bucket)).toEqual(seen);
    expect(seen).toMatchObject({ ...common, ...more, bytes: sha1(bytes) });
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
    const listed = await cos.listObjectVersions({ Bucket: bucket, Region: REGION, Prefix: key });
    const [ofS3, ofCos] = [Versions!, listed.Versions as { VersionId: string; ETag: string }[]];
    expect(ofCos.map(({ VersionId, ETag }) => [VersionId, ETag])).toEqual(
      ofS3.map(({ VersionId, ETag }) => [VersionId, ETag]),
    );
  });

  it('one has the ACL that the other gave it', async () => {
    await cos.putObject({ ...AT, Key: 'acl', Body: 'x', ACL: 'public-read' });
    await s3.send(new PutObjectAclCommand({ Bucket, Key: 'acl', ACL: 'private' }));
    expect((await byCos('acl', Bucket)).publicRead).toBe(false);
    await cos.putObjectAcl({ ...AT, Key: 'acl', ACL: 'public-read' });
    expect((await byS3('acl', Bucket)).publicRead).toBe(true);
  });
});
