/** What only bytes on a socket can show, against a real server process (docs/INVARIANTS.md 5, 7). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorization, BUCKET, errorOf, exchange, HOST, type RawAnswer } from '../support/raw.ts';
import { SDKS } from '../support/sdk.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../support/server-process.ts';

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-body-stall-ms', '300'] });
  await SDKS[0]![1](server).putBucket({ Bucket: BUCKET, Region: REGION });
});
afterAll(() => server.remove());

/** Every error: the five elements, matching ids, a date (spec/errors.md "Shape of an error"). */
function expectError(answer: RawAnswer, status: number, code: string): Record<string, string> {
  const error = errorOf(answer.body);
  expect({ status: answer.status, code: error['Code'] }, answer.text).toEqual({ status, code });
  expect(answer.headers['content-type']).toBe('application/xml');
  expect(answer.headers['date']).toMatch(/ GMT$/);
  for (const name of ['Code', 'Message', 'Resource', 'RequestId', 'TraceId']) expect(error[name], name).toBeTruthy();
  expect(error['RequestId']).toBe(answer.headers['x-cos-request-id']);
  expect(error['TraceId']).toBe(answer.headers['x-cos-trace-id']);
  return error;
}

describe('requests no client would send', () => {
  it('without Host: MissingHost', async () => {
    expectError(await exchange(server.port, ['GET / HTTP/1.1\r\n\r\n']), 400, 'MissingHost');
    expectError(await exchange(server.port, ['GET /k HTTP/1.1\r\nHost:\r\n\r\n']), 400, 'MissingHost');
  });

  it('with a bad target: InvalidURI', async () => {
    for (const target of ['/%zz', '/%', '/%ff%fe', '/a?b=%G1', 'nonsense']) {
      expectError(await exchange(server.port, [`GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`]), 400, 'InvalidURI');
    }
  });

  it('with a bucket that has no APPID: MissingAppid', async () => {
    const host = `examplebucket.cos.${REGION}.myqcloud.com`;
    const error = expectError(
      await exchange(server.port, [`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`]),
      400,
      'MissingAppid',
    );
    expect(error['Message']).toContain('Appid');
    expect(error['Resource']).toBe(`${host}/`);
  });

  it('to an unknown region, a bad name, an unknown domain', async () => {
    const get = (host: string) => exchange(server.port, [`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`]);
    expectError(await get(`${BUCKET}.cos.mars-north.myqcloud.com`), 400, 'InvalidRegionName');
    expectError(await get(`bad_name-${APPID}.cos.${REGION}.myqcloud.com`), 400, 'InvalidBucketName');
    expectError(await get('example.org'), 404, 'NoSuchBucket');
  });

  it('with bytes that are no HTTP: an error document all the same', async () => {
    const answer = await exchange(server.port, ['\x16\x03\x01\x02\r\n\r\n']);
    expectError(answer, 400, 'BadRequest');
  });

  it('with too much of a head: MaxMessageLengthExceeded', async () => {
    const big = 'x'.repeat(70_000);
    const answer = await exchange(server.port, [`GET / HTTP/1.1\r\nHost: ${HOST}\r\nX-Big: ${big}\r\n\r\n`]);
    expectError(answer, 400, 'MaxMessageLengthExceeded');
  });
});

describe('bodies', () => {
  const put = (headers: Record<string, string>, ...rest: (string | number)[]) => {
    const signed = { Host: HOST, ...headers };
    let head = 'PUT /k HTTP/1.1\r\n';
    for (const [name, value] of Object.entries(signed)) head += `${name}: ${value}\r\n`;
    head += `Authorization: ${authorization('PUT', '/k', { Host: HOST })}\r\n\r\n`;
    return exchange(server.port, [head, ...rest]);
  };

  it('of 5 GiB + 1, announced with Expect: EntityTooLarge, and no 100', async () => {
    const answer = await put({ 'Content-Length': String(5 * 1024 ** 3 + 1), Expect: '100-continue' });
    expectError(answer, 400, 'EntityTooLarge');
    expect(answer.text.startsWith('HTTP/1.1 400')).toBe(true);
  });

  it('that wait for it get 100 once the head has passed', async () => {
    const answer = await put({ 'Content-Length': '5', Expect: '100-continue' }, 200, 'hello');
    expect(answer.text.startsWith('HTTP/1.1 100 Continue\r\n\r\n')).toBe(true);
    expect(answer.status).toBe(200);
  });

  it('of a doomed request are not asked for', async () => {
    const head =
      `PUT /k HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n` +
      'Authorization: q-sign-algorithm=sha1&q-ak=AKIDunknown&q-sign-time=1;9999999999&q-key-time=1;9999999999' +
      `&q-header-list=host&q-url-param-list=&q-signature=${'0'.repeat(40)}\r\n\r\n`;
    const answer = await exchange(server.port, [head]);
    expectError(answer, 403, 'InvalidAccessKeyId');
    expect(answer.text).not.toContain('100 Continue');
  });

  it('that stop half-way: RequestTimeOut, and the connection closes', async () => {
    const answer = await put({ 'Content-Length': '10' }, 'hello');
    expectError(answer, 400, 'RequestTimeOut');
    expect(answer.headers['connection']).toBe('close');
  });

  it('without a length: MissingContentLength', async () => {
    expectError(await put({}), 411, 'MissingContentLength');
  });

  it('in chunks are stored whole', async () => {
    const answer = await put({ 'Transfer-Encoding': 'chunked' }, '5\r\nhello\r\n', 50, '6\r\n world\r\n0\r\n\r\n');
    expect(answer.status).toBe(200);
    const got = await SDKS[0]![1](server).getObject({ Bucket: BUCKET, Region: REGION, Key: 'k' });
    expect(got.Body.toString()).toBe('hello world');
  });

  it('with a wrong MD5 leave nothing behind', async () => {
    expectError(await put({ 'Content-Length': '1', 'Content-MD5': '1B2M2Y8AsgTpgAmY7PhCfg==' }, 'x'), 400, 'BadDigest');
    expectError(await put({ 'Content-Length': '1', 'Content-MD5': 'nonsense' }, 'x'), 400, 'InvalidDigest');
    const got = await SDKS[0]![1](server).getObject({ Bucket: BUCKET, Region: REGION, Key: 'k' });
    expect(got.Body.toString()).toBe('hello world');
  });
});

describe('request forms', () => {
  const head = (target: string, host: string, signedPath: string, signedHost = host): string =>
    `HEAD ${target} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization('HEAD', signedPath, { Host: signedHost })}\r\n\r\n`;
  const status = async (text: string): Promise<number> => (await exchange(server.port, [text], 2_000)).status;

  it('absolute-form targets, path style, own domains, hosts with a port', async () => {
    const local = `${BUCKET}.cos.${REGION}.localhost:${server.port}`;
    expect(await status(head(`http://${HOST}/k`, 'proxy.example', '/k', HOST))).toBe(200);
    expect(await status(head(`/${BUCKET}/k`, `127.0.0.1:${server.port}`, `/${BUCKET}/k`))).toBe(200);
    expect(await status(head('/k', local, '/k'))).toBe(200);
    // The Python SDK signs the name without the port it sends.
    expect(await status(head('/k', local, '/k', local.slice(0, local.lastIndexOf(':'))))).toBe(200);
    expect(await status(head('/absent', local, '/absent'))).toBe(404);
  });

  it('health pages on bare hosts only', async () => {
    const page = (host: string) =>
      exchange(server.port, [`GET /_cosette/health/ready HTTP/1.1\r\nHost: ${host}\r\n\r\n`]);
    expect((await page('127.0.0.1')).body).toBe('{"status":"ready"}\n');
    expectError(await page(HOST), 403, 'AccessDenied');
  });
});

describe('access', () => {
  it('anonymous callers read a public-read bucket and write none', async () => {
    const cos = SDKS[0]![1](server);
    const Bucket = `open-${APPID}`;
    await cos.putBucket({ Bucket, Region: REGION, ACL: 'public-read' });
    await cos.putObject({ Bucket, Region: REGION, Key: 'k', Body: 'public' });
    await cos.putObject({ Bucket, Region: REGION, Key: 'p', Body: 'private', ACL: 'private' });
    const host = `${Bucket}.cos.${REGION}.myqcloud.com`;
    const send = (line: string, rest = '') =>
      exchange(server.port, [`${line} HTTP/1.1\r\nHost: ${host}\r\n${rest}\r\n`]);
    expect((await send('GET /k')).body).toBe('public');
    expectError(await send('GET /p'), 403, 'AccessDenied');
    expectError(await send('PUT /new', 'Content-Length: 0\r\n'), 403, 'AccessDenied');
    expectError(await send('GET /k?response-content-type=x'), 400, 'InvalidRequest');
    expectError(await exchange(server.port, [`GET /k HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`]), 403, 'AccessDenied');
  });

  it('methods and sub-resources that do not exist, and those that are not built', async () => {
    const send = (method: string, target: string) => {
      const path = target.split('?')[0]!;
      const line = `${method} ${target} HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 0\r\n`;
      return exchange(server.port, [`${line}Authorization: ${authorization(method, path, { Host: HOST })}\r\n\r\n`]);
    };
    expectError(await send('POST', '/k?acl'), 405, 'MethodNotAllowed');
    expectError(await send('PUT', '/?requestPayment'), 501, 'NotImplemented');
    expectError(await send('GET', '/k?ci-process=x'), 501, 'NotImplemented');
    expectError(await send('DELETE', '/?uploads'), 405, 'MethodNotAllowed');
  });
});
