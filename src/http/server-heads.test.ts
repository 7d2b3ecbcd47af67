import { describe, expect, it } from 'vitest';
import { codeOf, echo, finished, sleep, start } from '../../test/support/wire-fixture.ts';

describe('heads', () => {
  it('answers with exactly the headers of the service, and again on the same connection', async () => {
    const client = (await start()).dial();
    const first = await client.send('GET /a/../b%2F?x HTTP/1.1\r\nHost: h\r\n\r\n').reply();
    expect(first.head).toBe(
      'HTTP/1.1 200 OK\r\nServer: tencent-cos\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nConnection: keep-alive\r\n' +
        'x-cos-request-id: id-1\r\nETag: "0"\r\nContent-Length: 10\r\n\r\n',
    );
    expect(first.body).toBe('/a/../b%2F');
    const second = await client.send('PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc').reply();
    expect(second.body).toBe('abc');
    const third = await client.send('PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n').reply();
    expect(third.head).toContain('ETag: "0"');
    await client.until(() => finished.length === 3);
    expect(finished[1]).toEqual({ method: 'PUT', status: 200, bytes: 3 });
  });

  it('hands over requests without Host, and Host of an absolute-form target', async () => {
    const hosts: string[] = [];
    const { dial } = await start((request) => {
      hosts.push(`${request.host}${request.rawPath}?${request.rawQuery}`);
      return { status: 204, headers: [] };
    });
    const client = dial();
    const bare = await client.send('GET /k HTTP/1.1\r\n\r\n').reply();
    expect(bare.status).toBe(204);
    expect(bare.head).not.toContain('Content-Length');
    await client.send('GET http://b.cos.r.localhost:9000/k?acl HTTP/1.1\r\nHost: other\r\n\r\n').reply();
    await client.send('GET /k HTTP/1.1\r\nHost:\r\n\r\n').reply();
    expect(hosts).toEqual(['/k?', 'b.cos.r.localhost:9000/k?acl', '/k?']);
  });

  it('closes HTTP/1.0 connections, and those that ask for it', async () => {
    const { dial } = await start();
    for (const head of ['GET / HTTP/1.0\r\n\r\n', 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n']) {
      const client = dial();
      expect((await client.send(head).reply()).head).toContain('Connection: close');
      await client.until(() => client.ended);
    }
  });

  it('answers pipelined requests one after another', async () => {
    const order: string[] = [];
    const { dial } = await start(async (request) => {
      order.push(`start ${request.rawPath}`);
      await sleep(request.rawPath === '/1' ? 30 : 1);
      order.push(`end ${request.rawPath}`);
      return { status: 200, headers: [], body: request.rawPath };
    });
    const client = dial().send(['/1', '/2', '/3'].map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`).join(''));
    expect([(await client.reply()).body, (await client.reply()).body, (await client.reply()).body]).toEqual([
      '/1',
      '/2',
      '/3',
    ]);
    expect(order).toEqual(['start /1', 'end /1', 'start /2', 'end /2', 'start /3', 'end /3']);
  });

  it('cuts a client that sends too many requests ahead', async () => {
    const { dial } = await start(() => sleep(5_000).then(() => ({ status: 200, headers: [] })), { pipelined: 4 });
    const client = dial().send('GET / HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(6));
    await client.until(() => client.closed);
  });

  it.each<[head: string, code: string]>([
    ['garbage\r\n\r\n', 'BadRequest'],
    ['\u0016\u0003\u0001\u0002\u0000', 'BadRequest'],
    ['FROB / HTTP/1.1\r\nHost: h\r\n\r\n', 'MethodNotAllowed'],
    ['GET * HTTP/1.1\r\nHost: h\r\n\r\n', 'InvalidURI'],
    // node's parser refuses raw bytes above 0x7F in a target
    ['GET /\u00e4\u00b8\u00ad HTTP/1.1\r\nHost: h\r\n\r\n', 'InvalidURI'],
    ['GET a/b HTTP/1.1\r\nHost: h\r\n\r\n', 'InvalidURI'],
    ['GET ftp://h/k HTTP/1.1\r\nHost: h\r\n\r\n', 'InvalidURI'],
    ['GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 'BadRequest'],
    ['GET / HTTP/1.1\r\nBad Header: x\r\n\r\n', 'BadRequest'],
    ['PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n', 'InvalidArgument'],
    ['PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 3x\r\n\r\nabc', 'InvalidArgument'],
    ['PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\nabc', 'InvalidArgument'],
    [
      'PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'InvalidArgument',
    ],
    ['PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', 'InvalidArgument'],
    ['PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', 'NotImplemented'],
    [`GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 'MaxMessageLengthExceeded'],
    [`GET / HTTP/1.1\r\nHost: h\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`, 'MaxMessageLengthExceeded'],
    [`GET /${'x'.repeat(200_000)} HTTP/1.1\r\nHost: h\r\n\r\n`, 'MaxMessageLengthExceeded'],
    [`GET / HTTP/1.1\r\nHost: h\r\n${'a:b\r\n'.repeat(1_001)}\r\n`, 'MaxMessageLengthExceeded'],
    ['CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n', 'MethodNotAllowed'],
  ])('refuses head number %#', async (head, code) => {
    const { dial } = await start();
    const client = dial();
    const reply = await client.send(head).reply();
    expect(codeOf(reply)).toBe(code);
    expect(reply.head).toMatch(/\r\nx-cos-request-id: id-\d\r\n/);
    expect(reply.head).toContain('\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n');
    expect(reply.body).toContain(`<RequestId>${/x-cos-request-id: (.*)\r/.exec(reply.head)?.[1]}</RequestId>`);
    if (reply.head.includes('Connection: close')) await client.until(() => client.ended);
    // The server is alive.
    expect((await dial().send('GET /x HTTP/1.1\r\nHost: h\r\n\r\n').reply()).body).toBe('/x');
  });

  it.each([
    'HEAD /\u00e4\u00b8\u00ad HTTP/1.1\r\nHost: h\r\n\r\n',
    'HEAD / HTTP/1.1\r\nBad Header: x\r\n\r\n',
    'GET /a HTTP/1.1\r\nHost: h\r\n\r\nHEAD /\u00e4 HTTP/1.1\r\nHost: h\r\n\r\n',
  ])('refuses a malformed HEAD without a body, number %#', async (heads) => {
    const client = (await start()).dial().send(heads);
    await client.until(() => client.ended);
    expect(client.text).toMatch(/(?:^|\/a)HTTP\/1\.1 400 Bad Request\r\n(?:[A-Za-z-]+: [^\r]*\r\n)+\r\n$/);
    expect(client.text).toMatch(/Content-Length: [1-9]\d+\r\n[^<]*$/);
  });

  it('answers what came before garbage first', async () => {
    const client = (await start()).dial().send('GET /a HTTP/1.1\r\nHost: h\r\n\r\n%%%\r\n\r\n');
    expect((await client.reply()).body).toBe('/a');
    expect(codeOf(await client.reply())).toBe('BadRequest');
    await client.until(() => client.ended);
  });

  it('ends a head that never completes, and a connection that never speaks', async () => {
    const { dial } = await start();
    const half = dial().send('GET / HTTP/1.1\r\nHost:');
    expect(codeOf(await half.reply())).toBe('RequestTimeOut');
    await half.until(() => half.closed);
    const silent = dial();
    await silent.until(() => silent.closed);
    expect(silent.text).toBe('');
  });

  it('closes connections beyond the limit', async () => {
    const { server, dial } = await start(echo, { connections: 1 });
    const first = dial();
    await first.send('GET /1 HTTP/1.1\r\nHost: h\r\n\r\n').reply();
    const second = dial().send('GET /2 HTTP/1.1\r\nHost: h\r\n\r\n');
    await second.until(() => second.closed);
    expect(second.text).toBe('');
    expect(server.connections).toBe(1);
  });

  it('keeps a connection that asks for it in HTTP/1.0', async () => {
    const client = (await start()).dial();
    const head = 'GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n';
    expect((await client.send(head).reply()).head).toContain('Connection: keep-alive');
    expect((await client.send(head).reply()).body).toBe('/1');
  });

  it('ignores Upgrade and unknown expectations', async () => {
    const client = (await start()).dial();
    expect(
      (await client.send('GET /u HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n').reply()).body,
    ).toBe('/u');
    expect((await client.send('GET /e HTTP/1.1\r\nHost: h\r\nExpect: tea\r\n\r\n').reply()).body).toBe('/e');
  });
});
