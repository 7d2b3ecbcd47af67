/** Hosts and bucket names: every form of spec/clients.md §2, and the two settings that change what names mean. */
import { request } from 'node:http';
import COS from 'cos-nodejs-sdk-v5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBucket, put } from '../support/buckets.ts';
import { done } from '../support/done.ts';
import { expectError } from '../support/expect-error.ts';
import { clientOf, type Send } from '../support/http.ts';
import { authorization, exchange, type RawAnswer } from '../support/raw.ts';
import {
  APPID,
  REGION,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';

function withServer(...flags: string[]): () => ServerProcess {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServerProcess({ flags });
  });
  afterAll(() => server.remove());
  return () => server;
}

/** A signed request without body; the path needs no encoding. */
function ask(server: ServerProcess, host: string, path = '/', method = 'GET', headers = ''): Promise<RawAnswer> {
  const signature = authorization(method, path);
  return exchange(server.port, [
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${signature}\r\n${headers}Content-Length: 0\r\n\r\n`,
  ]);
}

describe('hosts', () => {
  const server = withServer('--bare-hosts', 'store.example.com');
  const bucket = `names-${APPID}`;
  beforeAll(async () => {
    await put(await makeBucket(server(), 'names'), 'k', 'hello');
  });

  it.each([
    `${bucket}.cos.${REGION}.myqcloud.com`,
    `${bucket}.cos.${REGION}.tencentcos.cn:9000`,
    `${bucket.toUpperCase()}.COS.${REGION}.localhost.`,
    `${bucket}.cos-internal.${REGION}.myqcloud.com`,
    `${bucket}.cosv6.${REGION}.myqcloud.com`,
    `${bucket}.cos-cdc.${REGION}.myqcloud.com`,
    `${bucket}.cn-south.myqcloud.com`,
    `${bucket}.file.myqcloud.com`,
  ])('%s is the bucket', async (host) => {
    expect(await ask(server(), host, '/k')).toMatchObject({ status: 200, body: 'hello' });
  });

  it.each([`cos.${REGION}.localhost`, 'localhost', '127.0.0.1:9000', '[::1]:9000', 'store.example.com'])(
    '%s takes the bucket from the path, and lists buckets at /',
    async (host) => {
      expect(await ask(server(), host, `/${bucket}/k`)).toMatchObject({ status: 200, body: 'hello' });
      const list = await ask(server(), host);
      expect(list.status).toBe(200);
      expect(list.body).toContain(`<Name>${bucket}</Name>`);
    },
  );

  it.each(['service.cos.myqcloud.com', 'service.cos.tencentcos.cn', 'service.localhost'])(
    '%s is the service',
    async (host) => {
      expect((await ask(server(), host)).body).toContain(`<Name>${bucket}</Name>`);
    },
  );

  it.each([
    `${bucket}.ci.${REGION}.myqcloud.com`,
    `${APPID}.ci.${REGION}.myqcloud.com`,
    `${bucket}.pic.${REGION}.myqcloud.com`,
  ])('%s is not offered, and says so', async (host) => {
    for (const path of ['/', '/k']) expectError(await ask(server(), host, path), 501, 'NotImplemented');
  });

  it.each(['sts.tencentcloudapi.com', 'sts.internal.tencentcloudapi.com', `sts.${REGION}.tencentcloudapi.com`])(
    '%s gives temporary keys to those that ask properly',
    async (host) => {
      const { status, body } = await ask(server(), host);
      const { Response } = JSON.parse(body) as { Response: { Error: { Code: string } } };
      expect([status, Response.Error.Code]).toEqual([200, 'MissingParameter']);
    },
  );

  it('another region is NoSuchBucket, an unknown one InvalidRegionName', async () => {
    expectError(await ask(server(), `${bucket}.cos.ap-beijing.localhost`, '/k'), 404, 'NoSuchBucket');
    expectError(await ask(server(), `${bucket}.cos.nowhere.localhost`, '/k'), 400, 'InvalidRegionName');
  });

  it('names without APPID are MissingAppid', async () => {
    expectError(await ask(server(), `names.cos.${REGION}.localhost`, '/k'), 400, 'MissingAppid');
    expectError(await ask(server(), 'localhost', '/names/k'), 400, 'MissingAppid');
  });
});

describe('path style refused', () => {
  const server = withServer('--path-style', 'refuse');
  const bucket = `names-${APPID}`;
  let send: Send;
  beforeAll(async () => {
    send = await makeBucket(server(), 'names');
    await put(send, 'k', 'hello');
  });

  it('is PathStyleDomainForbidden for buckets, whoever asks and whatever for', async () => {
    for (const host of [`cos.${REGION}.myqcloud.com`, 'localhost:9000', '127.0.0.1']) {
      for (const path of [`/${bucket}`, `/${bucket}/`, `/${bucket}/k`, `/other-${APPID}/k`]) {
        expectError(await ask(server(), host, path), 403, 'PathStyleDomainForbidden');
        expectError(await ask(server(), host, path, 'PUT'), 403, 'PathStyleDomainForbidden');
      }
      const open = await exchange(server().port, [`GET /${bucket}/k HTTP/1.1\r\nHost: ${host}\r\n\r\n`]);
      expectError(open, 403, 'PathStyleDomainForbidden');
    }
  });

  it('leaves the service, the pages of the server and buckets in hosts alone', async () => {
    for (const host of [`cos.${REGION}.myqcloud.com`, 'localhost', 'service.cos.myqcloud.com']) {
      expect((await ask(server(), host)).body).toContain(`<Name>${bucket}</Name>`);
    }
    expect((await ask(server(), 'localhost', '/_cosette/health/live')).status).toBe(200);
    expect((await done(send, { method: 'GET', key: 'k' })).text).toBe('hello');
  });
});

describe('bare bucket names', () => {
  const OTHER = '1260000077';
  const server = withServer('--bare-bucket-names', '--appid', OTHER);
  const full = `plain-${OTHER}`;
  const host = `cos.${REGION}.localhost`;

  it('are completed with the signer’s APPID, in hosts and in paths', async () => {
    expect((await ask(server(), `plain.${host}`, '/', 'PUT')).status).toBe(200);
    expect((await ask(server(), `plain.${host}`, '/k', 'PUT')).status).toBe(200);
    for (const [name, path] of [
      [`plain.${host}`, '/'],
      [host, '/plain'],
      [host, `/${full}`],
      [`${full}.${host}`, '/'],
    ] as const) {
      const list = await ask(server(), name, path);
      expect(list.status, `${name}${path}`).toBe(200);
      expect(list.body).toContain(`<Name>${full}</Name>`);
      expect(list.body).toContain('<Key>k</Key>');
    }
    expect((await ask(server(), host)).body).toContain(`<Name>${full}</Name>`);
  });

  it('are the first account’s where nobody signed, and make it a request of S3', async () => {
    const acl = await ask(server(), host, '/open', 'PUT', 'x-cos-acl: public-read\r\n');
    expect(acl.status).toBe(200);
    const unsigned = (path: string) => exchange(server().port, [`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`]);
    expect((await unsigned('/open')).body).toContain(
      '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>open</Name>',
    );
    expect((await unsigned('/open/none')).body).toMatch(/^<\?xml[^>]*>\s*<Error><Code>NoSuchKey<.*<HostId>/s);
    expect((await unsigned(`/open-${OTHER}`)).body).toContain(`<ListBucketResult><Name>open-${OTHER}</Name>`);
    expect((await unsigned(`/open-${OTHER}/none`)).body).toContain('<TraceId>');
    expect((await unsigned('/open-1259999999/none')).body).toContain('<TraceId>');
  });

  it('may end in a number that is no APPID', async () => {
    expect((await ask(server(), host, '/many-2', 'PUT')).status).toBe(200);
    expect((await ask(server(), host)).body).toContain(`<Name>many-2-${OTHER}</Name>`);
  });

  it('stand for buckets in sources of copies', async () => {
    const copy = await ask(server(), host, '/plain/copy', 'PUT', 'x-cos-copy-source: /plain/k\r\n');
    expect(copy.status, copy.body).toBe(200);
  });

  it('must still be names', async () => {
    for (const name of ['Upper', 'bad_name', '-a', 'a-', 'ab', 'a..b', '192.168.0.1', 'x'.repeat(64)]) {
      expectError(await ask(server(), host, `/${name}`), 400, 'InvalidBucketName');
    }
    expectError(await ask(server(), `nobody.${host}`), 404, 'NoSuchBucket');
    expectError(await ask(server(), `a.cos.nowhere.localhost`), 400, 'InvalidRegionName');
  });

  it('stand in presigned URLs', async () => {
    const make = COS.getAuthorization as unknown as (options: object) => string;
    const query = make({ SecretId: SECRET_ID, SecretKey: SECRET_KEY, Method: 'GET', Pathname: '/plain/k' });
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const path = `/plain/k?${query.replaceAll(';', '%3B')}`;
      const sent = request({ host: '127.0.0.1', port: server().port, path, headers: { Host: host } }, (incoming) => {
        incoming.resume().on('end', () => resolve(incoming.statusCode));
      });
      sent.on('error', reject);
      sent.end();
    });
    expect(answer).toBe(200);
  });

  it('leave full names as they are', async () => {
    expect((await clientOf(server(), 'x')({ method: 'GET', bucket: full, key: 'k' })).status).toBe(200);
  });
});
