import { describe, expect, it } from 'vitest';
import { buildHead, isBodiless, rawReply } from './reply.ts';

const extras = { serverName: 'tencent-cos', nowMs: 784111777000, requestId: 'id', keepAlive: true };
const common = [
  'Server',
  'tencent-cos',
  'Date',
  'Sun, 06 Nov 1994 08:49:37 GMT',
  'Connection',
  'keep-alive',
  'x-cos-request-id',
  'id',
];

describe('buildHead', () => {
  it.each([
    ['GET', { status: 200, headers: ['a', 'b'], body: '中' }, ['a', 'b', 'Content-Length', '3']],
    ['GET', { status: 200, headers: [] }, ['Content-Length', '0']],
    ['HEAD', { status: 200, headers: [], contentLength: 7 }, ['Content-Length', '7']],
    ['HEAD', { status: 200, headers: [], body: Buffer.from('ab') }, ['Content-Length', '2']],
    ['GET', { status: 200, headers: [], contentLength: 7 }, ['Content-Length', '0']],
    ['DELETE', { status: 204, headers: [] }, []],
    ['GET', { status: 304, headers: ['ETag', '"x"'] }, ['ETag', '"x"']],
  ])('%s %j', (method, reply, rest) => expect(buildHead(method, reply, extras)).toEqual([...common, ...rest]));

  it('leaves the id of the request out where the reply says so', () => {
    const head = buildHead('GET', { status: 503, headers: [], requestId: false }, extras);
    expect(head).toEqual([...common.slice(0, -2), 'Content-Length', '0']);
  });
});

describe('isBodiless', () => {
  it('knows the answers without a body', () => {
    expect([isBodiless('HEAD', 200), isBodiless('GET', 204), isBodiless('GET', 304)]).toEqual([true, true, true]);
    expect([isBodiless('GET', 200), isBodiless('GET', 404)]).toEqual([false, false]);
  });
});

describe('rawReply', () => {
  it('is a whole answer', () => {
    const bytes = rawReply(
      'GET',
      { status: 400, headers: ['Content-Type', 'application/xml'], body: '<é/>' },
      { ...extras, keepAlive: false },
    );
    expect(bytes.toString()).toBe(
      'HTTP/1.1 400 Bad Request\r\nServer: tencent-cos\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: close\r\n' +
        'x-cos-request-id: id\r\nContent-Type: application/xml\r\nContent-Length: 5\r\n\r\n<é/>',
    );
  });

  it('has no body for HEAD, and says how long it would be', () => {
    const text = rawReply('HEAD', { status: 400, headers: [], body: '<é/>' }, extras).toString();
    expect(text).toMatch(/\r\nContent-Length: 5\r\n\r\n$/);
  });
});
