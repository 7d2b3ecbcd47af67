/** Limits of the live service, switched on. Source: spec/s3.md §5.2, §10. */
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../../support/expect-error.ts';
import { clientOf, type Send } from '../../support/http.ts';
import { failure, s3Client } from '../../support/s3-client.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const Bucket = `strict-${APPID}`;

/** Names below `localhost` are this machine's, whatever its resolver says. */
const lookup: LookupFunction = (_, options, done) => {
  if (options.all === true) done(null, [{ address: '127.0.0.1', family: 4 }]);
  else done(null, '127.0.0.1', 4);
};

/** The host that is signed names the bucket, as on the service. */
function virtualHosted(server: ServerProcess): S3Client {
  const endpoint = `http://cos.${REGION}.localhost:${server.port}`;
  return s3Client(server, { endpoint, forcePathStyle: false, requestHandler: { httpAgent: new Agent({ lookup }) } });
}

describe('all limits of the live service', () => {
  let server: ServerProcess;
  let s3: S3Client;
  let send: Send;
  beforeAll(async () => {
    server = await startServerProcess({ flags: ['--compat-strict', 'all'] });
    send = clientOf(server, 'strict');
    s3 = virtualHosted(server);
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'page.html', Body: '<p>', ContentDisposition: 'inline' }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'app.apk', Body: 'x' }));
  });
  afterAll(async () => {
    s3.destroy();
    await server.remove();
  });

  it('path style is refused', async () => {
    const client = s3Client(server);
    const call = client.send(new GetObjectCommand({ Bucket, Key: 'page.html' }));
    expect(await failure(call)).toEqual({ status: 403, code: 'PathStyleDomainForbidden' });
    client.destroy();
  });

  it('a multi-delete needs Content-MD5, whatever checksum it brings', async () => {
    const call = s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a' }] } }));
    expect(await failure(call)).toEqual({ status: 400, code: 'InvalidRequest' });
  });

  it('bodies with trailers are refused', async () => {
    const Body = Readable.from([Buffer.from('hello')]);
    const call = s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: 5 }));
    expect(await failure(call)).toEqual({ status: 501, code: 'NotImplemented' });
  });

  it('what only S3 has is not there', async () => {
    const ObjectAttributes = ['ETag'] as const;
    const call = s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: 'page.html', ObjectAttributes: [...ObjectAttributes] }),
    );
    expect(await failure(call)).toEqual({ status: 501, code: 'NotImplemented' });
  });

  it('packages cannot be downloaded', async () => {
    const call = s3.send(new GetObjectCommand({ Bucket, Key: 'app.apk' }));
    expect(await failure(call)).toEqual({ status: 403, code: 'DownloadForbidden' });
    expectError(await send({ method: 'GET', key: 'app.apk' }), 403, 'DownloadForbidden');
  });

  it('every download is an attachment, in the words of each protocol', async () => {
    const Key = 'page.html';
    const got = await s3.send(new GetObjectCommand({ Bucket, Key, ResponseContentDisposition: 'inline' }));
    expect(got.ContentDisposition).toBe('attachment');
    const { headers } = await send({ method: 'GET', key: Key });
    expect(headers['content-disposition']).toBe('attachment');
    expect(headers['x-cos-force-download']).toBe('true');
    expect(headers['x-amz-force-download']).toBeUndefined();
  });
});

describe('without them', () => {
  it('nothing of this is refused', async () => {
    const server = await startServerProcess();
    const s3 = s3Client(server);
    await s3.send(new CreateBucketCommand({ Bucket }));
    const Body = Readable.from([Buffer.from('hello')]);
    await s3.send(
      new PutObjectCommand({ Bucket, Key: 'app.apk', Body, ContentLength: 5, ContentDisposition: 'inline' }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'app.apk' }));
    expect(got.ContentDisposition).toBe('inline');
    const attributes = { Bucket, Key: 'app.apk', ObjectAttributes: ['ObjectSize' as const] };
    expect((await s3.send(new GetObjectAttributesCommand(attributes))).ObjectSize).toBe(5);
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'app.apk' }] } }));
    s3.destroy();
    await server.remove();
  });

  it('a switch of an unknown name is told of', async () => {
    await expect(startServerProcess({ flags: ['--compat-strict', 'everything'] })).rejects.toThrow('compat.strict');
  });
});
