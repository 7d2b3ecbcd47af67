/** What is wrong with the bytes of a request. Source: spec/objects.md §2.3, §2.5, §2.13, §14. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initiate, makeBucket, md5Base64, put, uploadPart } from '../../support/buckets.ts';
import { converse } from '../../support/conversation.ts';
import { done } from '../../support/done.ts';
import { expectError, expectHeadError } from '../../support/expect-error.ts';
import type { Send, Sent } from '../../support/http.ts';
import { authorization, exchange, type RawAnswer } from '../../support/raw.ts';
import { APPID, REGION, type ServerProcess, startServerProcess } from '../../support/server-process.ts';

const HOST = `bodies-${APPID}.cos.${REGION}.myqcloud.com`;
const GIB = 1024 ** 3;
const OTHER_MD5 = md5Base64('something else');

let server: ServerProcess;
let send: Send;
beforeAll(async () => {
  server = await startServerProcess({ flags: ['--limits-body-stall-ms', '300'] });
  send = await makeBucket(server, 'bodies');
});
afterAll(() => server.remove());

/** A request head written by hand. */
function head(
  method: string,
  target: string,
  headers: Record<string, string>,
  signed: Record<string, string> = {},
): string {
  const [path = ''] = target.split('?');
  const lines = Object.entries({ Host: HOST, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const signature = authorization(method, path, { Host: HOST }, signed);
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}Authorization: ${signature}\r\n\r\n`;
}

const absent = async (key: string) => expectHeadError(await send({ method: 'HEAD', key }), 404);

describe('digests', () => {
  const uploads = async (): Promise<readonly (readonly [string, Omit<Sent, 'headers'>])[]> => {
    const uploadId = await initiate(send, 'digest');
    return [
      ['PUT Object', { method: 'PUT', key: 'digest', body: 'hello' }],
      ['Upload Part', { method: 'PUT', key: 'digest', query: { partNumber: '1', uploadId }, body: 'hello' }],
      ['APPEND Object', { method: 'POST', key: 'digest', query: { append: '', position: '0' }, body: 'hello' }],
    ];
  };

  it('that are well-formed but of another body, and nothing is stored', async () => {
    for (const [, sent] of await uploads()) {
      expectError(await send({ ...sent, headers: { 'Content-MD5': OTHER_MD5 } }), 400, 'BadDigest');
      const sha1 = createHash('sha1').update('other').digest('hex');
      expectError(await send({ ...sent, headers: { 'x-cos-content-sha1': sha1 } }), 400, 'InvalidSHA1Digest');
    }
    await absent('digest');
  });

  it('that are none', async () => {
    for (const [, sent] of await uploads()) {
      for (const bad of [
        'nonsense',
        'MTIz',
        md5Base64('hello').slice(0, 22),
        createHash('md5').update('hello').digest('hex'),
      ]) {
        expectError(await send({ ...sent, headers: { 'Content-MD5': bad } }), 400, 'InvalidDigest');
      }
      expectError(await send({ ...sent, headers: { 'x-cos-content-sha1': 'abc' } }), 400, 'InvalidSHA1Digest');
    }
    await absent('digest');
  });

  it('of XML', async () => {
    const body = '<Delete><Object><Key>k</Key></Object></Delete>';
    const sent = { method: 'POST', query: { delete: '' }, body };
    await put(send, 'k', 'stays');
    expectError(await send(sent), 400, 'MissingContentMD5', 'Missing required header for this request: Content-MD5');
    expectError(await send({ ...sent, headers: { 'Content-MD5': OTHER_MD5 } }), 400, 'BadDigest');
    expectError(await send({ ...sent, headers: { 'Content-MD5': 'nonsense' } }), 400, 'InvalidDigest');
    expect((await send({ method: 'GET', key: 'k' })).text).toBe('stays');
    await done(send, { ...sent, headers: { 'Content-MD5': md5Base64(body) } });
    await absent('k');
  });
});

describe('lengths', () => {
  it('that are missing', async () => {
    const targets: readonly (readonly [string, string, Record<string, string>])[] = [
      ['PUT', '/k', {}],
      ['PUT', '/k?partNumber=1&uploadId=x', { partNumber: '1', uploadId: 'x' }],
      ['POST', '/k?append&position=0', { append: '', position: '0' }],
      ['POST', '/k?restore', { restore: '' }],
      ['POST', '/?delete', { delete: '' }],
    ];
    for (const [method, target, query] of targets) {
      const answer = await exchange(server.port, [head(method, target, {}, query)]);
      expectError(answer, 411, 'MissingContentLength', 'You must provide the Content-Length HTTP header');
    }
  });

  it('above 5 GiB, before a byte is sent', async () => {
    const uploadId = await initiate(send, 'large');
    const targets: readonly (readonly [string, string, Record<string, string>])[] = [
      ['PUT', '/large', {}],
      ['PUT', `/large?partNumber=1&uploadId=${uploadId}`, { partNumber: '1', uploadId }],
      ['POST', '/large?append&position=0', { append: '', position: '0' }],
    ];
    for (const [method, target, query] of targets) {
      const headers = { 'Content-Length': String(5 * GIB + 1), Expect: '100-continue' };
      const answer = await exchange(server.port, [head(method, target, headers, query)]);
      expectError(answer, 400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed object size');
    }
    await absent('large');
  });

  it('that the body does not reach: the end of the stream, and silence', async () => {
    const cut = await halfClosed(`${head('PUT', '/cut', { 'Content-Length': '10' })}hello`);
    expectError(cut, 400, 'IncompleteBody');
    const cutChunks = await halfClosed(`${head('PUT', '/cut', { 'Transfer-Encoding': 'chunked' })}5\r\nhello\r\n`);
    expectError(cutChunks, 400, 'IncompleteBody');
    const stalled = await exchange(server.port, [head('PUT', '/cut', { 'Content-Length': '10' }), 'hello']);
    expectError(stalled, 400, 'RequestTimeOut');
    expect(stalled.headers['connection']).toBe('close');
    const chunked = await exchange(server.port, [
      head('PUT', '/cut', { 'Transfer-Encoding': 'chunked' }),
      '5\r\nhello\r\n',
    ]);
    expectError(chunked, 400, 'RequestTimeOut');
    await absent('cut');
  });

  it('that are no numbers, or given in two ways', async () => {
    const put = (headers: Record<string, string>) => exchange(server.port, [head('PUT', '/odd', headers), 'hello']);
    expectError(await put({ 'Content-Length': '-1' }), 400, 'InvalidArgument');
    expectError(await put({ 'Content-Length': 'many' }), 400, 'InvalidArgument');
    expectError(await put({ 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }), 400, 'InvalidArgument');
    await absent('odd');
  });
});

describe('XML', () => {
  const ACTIONS: readonly (readonly [name: string, sent: Sent])[] = [
    ['DELETE Multiple Objects', { method: 'POST', query: { delete: '' } }],
    ['POST Object restore', { method: 'POST', key: 'k', query: { restore: '' } }],
    ['PUT Object tagging', { method: 'PUT', key: 'k', query: { tagging: '' } }],
    ['PUT Object acl', { method: 'PUT', key: 'k', query: { acl: '' } }],
    ['PUT Object retention', { method: 'PUT', key: 'k', query: { retention: '' } }],
    ['PUT Object legal-hold', { method: 'PUT', key: 'k', query: { 'legal-hold': '' } }],
    ['Complete Multipart Upload', { method: 'POST', key: 'k', query: { uploadId: 'x' } }],
  ];
  const withBody = (sent: Sent, body: string): Promise<RawAnswer | Awaited<ReturnType<Send>>> =>
    send({ ...sent, body, headers: { 'Content-MD5': md5Base64(body) } });

  it.each(ACTIONS)('that is empty: %s', async (_, sent) => {
    expectError(await withBody(sent, ''), 400, 'MissingRequestBodyError');
  });

  it.each(ACTIONS)('that is none, or another document: %s', async (_, sent) => {
    for (const body of ['hello', '<a><b></a>', '<a/><b/>', '<Other><x>1</x></Other>', '{}']) {
      expectError(await withBody(sent, body), 400, 'MalformedXML');
    }
  });

  it.each(ACTIONS)('that is announced too large, before a byte is sent: %s', async (_, { method, key = '', query }) => {
    const target = `/${key}?${new URLSearchParams(query).toString().replace(/=$/, '')}`;
    const headers = { 'Content-Length': String(8 * 1024 ** 2 + 1), 'Content-MD5': OTHER_MD5, Expect: '100-continue' };
    const answer = await exchange(server.port, [head(method, target, headers, query)]);
    expectError(answer, 400, 'XMLSizeLimit');
    expect(answer.text.startsWith('HTTP/1.1 400')).toBe(true);
  });

  it('that turns out too large', async () => {
    const body = `<Tagging>${' '.repeat(64 * 1024)}</Tagging>`;
    const tagging = { method: 'PUT', key: 'k', query: { tagging: '' } };
    expectError(await withBody(tagging, body), 400, 'XMLSizeLimit');
    const chunked = head('PUT', '/k?tagging', { 'Transfer-Encoding': 'chunked' }, { tagging: '' });
    const answer = await exchange(server.port, [chunked, `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`]);
    expectError(answer, 400, 'XMLSizeLimit');
  });

  it('with too many keys, without any, and with an empty one', async () => {
    const list = (keys: readonly string[]) =>
      `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`;
    const post = (body: string) => withBody({ method: 'POST', query: { delete: '' } }, body);
    const thousand = Array.from({ length: 1_000 }, (_, n) => `k${n}`);
    expect((await post(list(thousand))).status).toBe(200);
    expectError(await post(list([...thousand, 'one'])), 400, 'MalformedXML', 'delete key size is greater than 1000');
    expectError(await post(list([])), 400, 'MalformedXML');
    expectError(await post(list([''])), 400, 'MalformedXML');
  });

  it('that lacks an element', async () => {
    const restore = (body: string) => withBody({ method: 'POST', key: 'k', query: { restore: '' } }, body);
    expectError(await restore('<RestoreRequest/>'), 400, 'MalformedXML');
    expectError(await restore('<RestoreRequest><Days>many</Days></RestoreRequest>'), 400, 'MalformedXML');
    const complete = (body: string) => withBody({ method: 'POST', key: 'k', query: { uploadId: 'x' } }, body);
    const part = (inner: string) => `<CompleteMultipartUpload>${inner}</CompleteMultipartUpload>`;
    expectError(await complete(part('')), 400, 'MalformedXML');
    expectError(await complete(part('<Part><PartNumber>1</PartNumber></Part>')), 400, 'MalformedXML');
    expectError(await complete(part('<Part><ETag>x</ETag></Part>')), 400, 'MalformedXML');
    expectError(await complete(part('<Part><PartNumber>x</PartNumber><ETag>x</ETag></Part>')), 400, 'MalformedXML');
  });
});

describe('content where none belongs', () => {
  it('is refused', async () => {
    await put(send, 'plain', 'stays');
    const uploadId = await initiate(send, 'plain');
    await uploadPart(send, 'plain', uploadId, 1, 'part');
    const source = `/bodies-${APPID}/plain`;
    const all: readonly Sent[] = [
      { method: 'GET', key: 'plain' },
      { method: 'DELETE', key: 'plain' },
      { method: 'POST', key: 'plain', query: { uploads: '' } },
      { method: 'GET', key: 'plain', query: { uploadId } },
      { method: 'DELETE', key: 'plain', query: { uploadId } },
      { method: 'PUT', key: 'copy', headers: { 'x-cos-copy-source': source } },
      { method: 'PUT', key: 'plain', query: { partNumber: '2', uploadId }, headers: { 'x-cos-copy-source': source } },
      { method: 'GET', key: 'plain', query: { acl: '' } },
      { method: 'GET', key: 'plain', query: { tagging: '' } },
      { method: 'DELETE', key: 'plain', query: { tagging: '' } },
      { method: 'GET', key: 'plain', query: { retention: '' } },
      { method: 'GET', key: 'plain', query: { symlink: '' } },
      { method: 'PUT', key: 'link', query: { symlink: '' }, headers: { 'x-cos-symlink-target': 'plain' } },
    ];
    for (const sent of all) expectError(await send({ ...sent, body: 'content' }), 400, 'UnexpectedContent');
    expect((await send({ method: 'GET', key: 'plain' })).text).toBe('stays');
    await absent('copy');
  });
});

/** The client ends its side after the text and goes on listening. */
function halfClosed(text: string): Promise<RawAnswer> {
  const conversation = converse(server.port);
  conversation.write(text);
  conversation.end();
  return conversation.answer;
}
