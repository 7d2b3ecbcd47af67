import { describe, expect, it } from 'vitest';
import { codeOf, echo, errorReply, GIB, sleep, start } from '../../test/support/wire-fixture.ts';
import { CosError } from '../errors/cos-error.ts';
import type { WireRequest } from './types.ts';

describe('bodies', () => {
  it('refuses 5 GiB + 1 without asking for it', async () => {
    const { dial } = await start();
    const client = dial().send(
      `PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: ${5 * GIB + 1}\r\n\r\n`,
    );
    const reply = await client.reply();
    expect(reply.head).toMatch(/^HTTP\/1\.1 400 /);
    expect(reply.head).toContain('Connection: close');
    expect(codeOf(reply)).toBe('EntityTooLarge');
    await client.until(() => client.ended);
  });

  it('sends 100 Continue before the outcome where the body is empty', async () => {
    const client = (await start())
      .dial()
      .send('PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n');
    expect((await client.reply()).status).toBe(100);
    expect((await client.reply()).status).toBe(200);
  });

  it('sends 100 Continue once the body is wanted', async () => {
    const client = (await start())
      .dial()
      .send('PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
    expect((await client.reply()).status).toBe(100);
    const reply = await client.send('ok').reply();
    expect([reply.status, reply.body]).toEqual([200, 'ok']);
    expect(reply.head).toContain('Connection: keep-alive');
  });

  it('answers RequestTimeOut when a body falls silent', async () => {
    const client = (await start()).dial().send('PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
    const begin = performance.now();
    const reply = await client.reply();
    expect(codeOf(reply)).toBe('RequestTimeOut');
    expect(performance.now() - begin).toBeGreaterThan(100);
    expect(reply.head).toContain('Connection: close');
    await client.until(() => client.closed);
  });

  it('does not time a body out that keeps coming', async () => {
    const client = (await start()).dial().send('PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n');
    for (const byte of 'bytes') {
      await sleep(60);
      client.send(byte);
    }
    expect((await client.reply()).body).toBe('bytes');
  });

  it('answers IncompleteBody when the client stops sending half-way', async () => {
    const client = (await start()).dial();
    client.socket.end('PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
    expect(codeOf(await client.reply())).toBe('IncompleteBody');
    await client.until(() => client.closed);
  });

  it('still answers a client that has closed its sending side', async () => {
    const { dial } = await start((request) =>
      sleep(30).then(() => ({ status: 200, headers: [], body: request.rawPath })),
    );
    const client = dial();
    client.socket.end('GET /late HTTP/1.1\r\nHost: h\r\n\r\n');
    expect((await client.reply()).body).toBe('/late');
    await client.until(() => client.closed);
  });

  it('reads chunked bodies', async () => {
    const client = (await start()).dial();
    client.send('PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
    await sleep(20);
    expect((await client.send('2;ext=1\r\nde\r\n0\r\n\r\n').reply()).body).toBe('abcde');
    expect(
      (await client.send('PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n').reply()).body,
    ).toBe('');
  });

  it('refuses a bad chunk size', async () => {
    const client = (await start()).dial();
    client.send('PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n');
    expect(codeOf(await client.reply())).toBe('InvalidArgument');
    await client.until(() => client.closed);
  });

  it('counts chunked bodies while it reads, and holds only so many bytes', async () => {
    const small = async (request: WireRequest) => {
      const body = await request.body.readAll(4).catch((error: CosError) => error);
      return body instanceof CosError ? errorReply(body, '') : { status: 200, headers: [] };
    };
    const chunked = 'PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n';
    const tooMuch = (await start(small)).dial().send(`${chunked}3\r\nabc\r\n3\r\ndef\r\n`);
    expect(codeOf(await tooMuch.reply())).toBe('EntityTooLarge');
    await tooMuch.until(() => tooMuch.closed);
    const { dial } = await start(echo, { bufferedBodyBytes: 5 });
    const client = dial().send(`${chunked}5\r\nabcde\r\n0\r\n\r\n`);
    expect((await client.reply()).body).toBe('abcde');
    expect(codeOf(await client.send(`${chunked}6\r\nabcdef\r\n0\r\n\r\n`).reply())).toBe('SlowDown');
    // What was counted is given back.
    expect((await dial().send(`${chunked}5\r\nabcde\r\n0\r\n\r\n`).reply()).body).toBe('abcde');
  });

  it('streams with back-pressure', async () => {
    const size = 3 * 1024 * 1024;
    const { dial } = await start(async (request) => {
      let sum = 0;
      let bytes = 0;
      for await (const chunk of request.body.chunks(size)) {
        bytes += chunk.length;
        for (let i = 0; i < chunk.length; i += 997) sum += chunk[i]!;
        if (bytes < 500_000) await sleep(2);
      }
      return { status: 200, headers: [], body: `${bytes}:${sum > 0}` };
    });
    const client = dial().send(`PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
    client.socket.write(Buffer.alloc(size, 7));
    expect((await client.reply()).body).toBe(`${size}:true`);
  });

  it('fails a stream that is cut, and one that grows too large', async () => {
    const errors: string[] = [];
    const { dial } = await start(async (request) => {
      try {
        for await (const _chunk of request.body.chunks(10));
      } catch (error) {
        errors.push((error as CosError).code);
        return errorReply(error as CosError, '');
      }
      return { status: 200, headers: [] };
    });
    const cut = dial();
    cut.socket.end('PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
    await cut.reply();
    const large = dial().send('PUT /k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n');
    await large.reply();
    const reset = dial().send('PUT /k HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf');
    await sleep(30);
    reset.socket.resetAndDestroy();
    await cut.until(() => errors.length === 3);
    expect(errors).toEqual(['IncompleteBody', 'EntityTooLarge', 'IncompleteBody']);
  });

  it('keeps the connection after an early answer to a small body', async () => {
    const client = (await start()).dial().send('PUT /early HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n');
    const reply = await client.reply();
    expect(reply.status).toBe(403);
    expect(reply.head).toContain('Connection: keep-alive');
    expect((await client.send('lateGET /x HTTP/1.1\r\nHost: h\r\n\r\n').reply()).body).toBe('/x');
  });

  it('closes after an early answer when the small body does not come', async () => {
    const client = (await start()).dial().send('PUT /early HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n');
    expect((await client.reply()).status).toBe(403);
    await client.until(() => client.closed, 1_000);
  });

  it('lets a client that sends a large body read the early answer, then closes', async () => {
    const { dial } = await start();
    const client = dial().send('PUT /early HTTP/1.1\r\nHost: h\r\nContent-Length: 1073741824\r\n\r\n');
    const feed = setInterval(() => client.socket.writable && client.socket.write(Buffer.alloc(65_536)), 2);
    const reply = await client.reply();
    expect([reply.status, reply.body]).toEqual([403, 'no']);
    expect(reply.head).toContain('Connection: close');
    await client.until(() => client.closed, 1_000);
    clearInterval(feed);
    expect(client.socket.bytesWritten).toBeLessThan(64 * 1024 * 1024);
  });
});
