/** Buckets in several regions by the SDK of AWS, at an address that names none. Source: spec/s3.md §2, §7. */
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainAgent } from '../../support/local-agents.ts';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const FIRST = 'us-east-1';
const SECOND = 'eu-west-1';
const flags = ['--regions', `${FIRST},${SECOND}`, '--region', FIRST];
const Bucket = `second-${APPID}`;
const Home = `first-${APPID}`;
let server: ServerProcess;
/** Signs for the first region and names none in CreateBucket. */
let s3: S3Client;
/** Signs for the second and names it. */
let second: S3Client;

beforeAll(async () => {
  server = await startServerProcess({ flags });
  s3 = s3Client(server, { region: FIRST });
  second = s3Client(server, { region: SECOND });
});
afterAll(async () => {
  s3.destroy();
  second.destroy();
  await server.remove();
});

const create = (client: S3Client, name: string, LocationConstraint?: string) =>
  client.send(
    new CreateBucketCommand({
      Bucket: name,
      ...(LocationConstraint === undefined
        ? {}
        : { CreateBucketConfiguration: { LocationConstraint: LocationConstraint as 'eu-west-1' } }),
    }),
  );
/** At a host that names its region. */
const regional = (region: string) =>
  s3Client(server, {
    region,
    endpoint: `http://cos.${region}.localhost`,
    requestHandler: { httpAgent: plainAgent(server.port) },
  });
const location = async (name: string) =>
  (await s3.send(new GetBucketLocationCommand({ Bucket: name }))).LocationConstraint;
const read = async (client: S3Client, name: string, Key: string) =>
  (await client.send(new GetObjectCommand({ Bucket: name, Key }))).Body!.transformToString();

describe('the location of a bucket', () => {
  it('chooses its region, where the host names none', async () => {
    await create(second, Bucket);
    await create(s3, Home);
    expect([await location(Bucket), await location(Home)]).toEqual([SECOND, FIRST]);
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe(SECOND);
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name, BucketRegion }) => [Name, BucketRegion])).toEqual([
      [Home, FIRST],
      [Bucket, SECOND],
    ]);
    const there = await second.send(new ListBucketsCommand({ BucketRegion: SECOND }));
    expect(there.Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
  });

  it('may be the old name of the second', async () => {
    const name = `old-${APPID}`;
    await create(s3, name, 'EU');
    expect(await location(name)).toBe(SECOND);
  });

  it('must be one that is served', async () => {
    const refused = { status: 400, code: 'InvalidLocationConstraint' };
    expect(await failure(create(s3, `nowhere-${APPID}`, 'eu-central-1'))).toEqual(refused);
  });

  it('must be that of a host that names one', async () => {
    const refused = { status: 400, code: 'InvalidLocationConstraint' };
    const here = regional(FIRST);
    expect(await failure(create(here, `other-${APPID}`, SECOND))).toEqual(refused);
    const elsewhere = regional(SECOND);
    expect(await failure(create(elsewhere, `other-${APPID}`, FIRST))).toEqual(refused);
    await create(elsewhere, `other-${APPID}`, SECOND);
    expect(await location(`other-${APPID}`)).toBe(SECOND);
    const gone = { status: 404, code: 'NotFound' };
    expect(await failure(here.send(new HeadBucketCommand({ Bucket })))).toEqual(gone);
    for (const client of [here, elsewhere]) client.destroy();
  });

  it('is told from that of a bucket that is there', async () => {
    const owned = { status: 409, code: 'BucketAlreadyOwnedByYou' };
    expect(await failure(create(second, Bucket))).toEqual(owned);
    expect(await failure(create(s3, Bucket))).toEqual(owned);
    await create(s3, Home);
  });
});

describe('a bucket of the second region', () => {
  it.each([['the first'], ['the second']])('is used with signatures for %s', async (signedFor) => {
    const client = signedFor === 'the first' ? s3 : second;
    await client.send(new PutObjectCommand({ Bucket, Key: signedFor, Body: 'hello' }));
    expect(await read(client, Bucket, signedFor)).toBe('hello');
  });

  it('is listed, copied from and to, and deleted', async () => {
    const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(listed.Contents?.map(({ Key }) => Key)).toEqual(['the first', 'the second']);
    await s3.send(new CopyObjectCommand({ Bucket: Home, Key: 'copy', CopySource: `${Bucket}/the first` }));
    await s3.send(new CopyObjectCommand({ Bucket, Key: 'back', CopySource: `${Home}/copy` }));
    expect(await read(s3, Bucket, 'back')).toBe('hello');
    const Objects = ['the first', 'the second', 'back'].map((Key) => ({ Key }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await failure(s3.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ status: 404 });
  });
});
