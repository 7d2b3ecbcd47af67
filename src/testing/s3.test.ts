/** The SDK of AWS against a server in the process of the test. */
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import COS from 'cos-nodejs-sdk-v5';
import { describe, expect, it } from 'vitest';
import { DAY_MS, start } from './fixture.ts';
import type { Cosette } from './index.ts';

function album(server: Cosette, more: S3ClientConfig = {}) {
  const s3 = new S3Client({ ...server.s3(), ...more });
  const Bucket = server.bucket('photos');
  return {
    s3,
    Bucket,
    make: () => s3.send(new CreateBucketCommand({ Bucket })),
    put: (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
    get: async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString(),
    keys: async () => (await s3.send(new ListObjectsV2Command({ Bucket }))).Contents?.map(({ Key }) => Key),
  };
}

describe('s3()', () => {
  it('connects the SDK of AWS, to the same objects as that of COS', async () => {
    const server = await start({ region: 'ap-beijing' });
    const { s3, Bucket, make, put, get } = album(server);
    await make();
    await put('a', 'one');
    expect(await get('a')).toBe('one');
    const listed = await s3.send(new ListBucketsCommand({}));
    expect(listed.Buckets).toMatchObject([{ Name: Bucket }]);
    const cos = new COS(server.cos());
    expect(String((await cos.getObject({ Bucket, Region: 'ap-beijing', Key: 'a' })).Body)).toBe('one');
    expect(server.requests({ operation: 'PutObject' })).toMatchObject([{ bucket: Bucket, key: 'a', status: 200 }]);
    expect(server.s3()).not.toBe(server.s3());
  });

  it('leaves no signature, token or key in what is remembered', async () => {
    const server = await start();
    const { s3, Bucket, make, put } = album(server);
    await make();
    await put('a', 'one');
    const SSECustomerKey = Buffer.alloc(32, 7).toString('base64');
    const secret = { SSECustomerAlgorithm: 'AES256', SSECustomerKey };
    await s3.send(new PutObjectCommand({ Bucket, Key: 'b', Body: 'x', ...secret })).catch(() => undefined);
    const credentials = { ...server.s3().credentials, sessionToken: 't0ken' };
    const stranger = new S3Client({ ...server.s3(), credentials });
    await stranger.send(new ListBucketsCommand({})).catch(() => undefined);
    await fetch(await getSignedUrl(stranger, new GetObjectCommand({ Bucket, Key: 'a' })));
    await fetch(`${server.endpoint}/${Bucket}/a?AWSAccessKeyId=AKIDstranger&Expires=1&Signature=abc%3D&mine=yes`);
    const seen = server.requests();
    expect(seen.at(-1)?.query).toEqual({ Expires: '1', mine: 'yes' });
    expect(seen.find(({ key }) => key === 'b')?.headers).toHaveProperty(
      'x-amz-server-side-encryption-customer-algorithm',
    );
    expect(JSON.stringify(seen)).not.toMatch(
      /AWS4-HMAC-SHA256 Cred|X-Amz-Signature|X-Amz-Cred|t0ken|abc=|AKIDstranger/,
    );
    expect(JSON.stringify(seen)).not.toContain(SSECustomerKey);
  });

  it('is right once the clock was moved, without a refused request', async () => {
    const server = await start();
    await album(server).make();
    await server.clock.advance(400 * DAY_MS);
    expect(server.s3().systemClockOffset).toBe(server.clock.offsetMs);
    await album(server).put('later', 'x');
    await server.clock.set(Date.UTC(2001, 0, 1));
    await album(server).put('earlier', 'x');
    expect(server.requests({ status: 403 })).toEqual([]);
  });

  it('makes clients that follow later moves, after one refused request', async () => {
    const server = await start();
    const { s3, Bucket, make, put, keys } = album(server);
    await make();
    await put('old', 'x');
    const Rules = [{ ID: 'r', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 30 } }] as const;
    const LifecycleConfiguration = { Rules: [...Rules] };
    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    await server.clock.advance(32 * DAY_MS);
    expect(await keys()).toBeUndefined();
    expect(server.requests({ code: 'RequestTimeTooSkewed' })).toHaveLength(1);
    await put('new', 'x');
    expect(await keys()).toEqual(['new']);
  });

  it('signs addresses by the time that it is told', async () => {
    const server = await start();
    const { s3, Bucket, make, put } = album(server);
    await make();
    await put('a', 'one');
    await server.clock.advance(DAY_MS);
    const command = new GetObjectCommand({ Bucket, Key: 'a' });
    const signed = await getSignedUrl(s3, command, { expiresIn: 60, signingDate: server.clock.now() });
    expect(await (await fetch(signed)).text()).toBe('one');
  });
});
