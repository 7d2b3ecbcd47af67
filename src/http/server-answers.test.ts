import { describe, expect, it } from 'vitest';
import { codeOf, finished, handlerErrors, sleep, start } from '../../test/support/wire-fixture.ts';
import type { RandomAccessBody, WireReply } from './types.ts';

/** A body whose byte at position p is p & 0xff. */
function counting(
  length: number,
  watch: { closed: number; reads: number },
  failAt = Number.POSITIVE_INFINITY,
): RandomAccessBody {
  return {
    start: 5,
    length,
    read: async (position, target) => {
      watch.reads++;
      if (position >= failAt) throw new Error('disk');
      const bytes = Math.min(target.length, 100_000);
      for (let i = 0; i < bytes; i++) target[i] = (position + i) & 0xff;
      return bytes;
    },
    close: () => {
      watch.closed++;
    },
  };
}
describe('answers', () => {
  it('sends no body to HEAD but its length', async () => {
    const watch = { closed: 0, reads: 0 };
    const replies: WireReply[] = [
      { status: 200, headers: [], contentLength: 1234 },
      { status: 200, headers: [], body: 'text' },
      { status: 200, headers: [], body: counting(99, watch) },
      { status: 404, headers: [] },
      { status: 304, headers: ['ETag', '"x"'] },
    ];
    const client = (await start(() => replies.shift()!)).dial();
    const heads: string[] = [];
    for (let i = 0; i < 5; i++) heads.push((await client.send('HEAD / HTTP/1.1\r\nHost: h\r\n\r\n').reply(true)).head);
    expect(heads.map((head) => /Content-Length: (\d+)/.exec(head)?.[1])).toEqual(['1234', '4', '99', '0', undefined]);
    expect(client.text).toBe('');
    expect(watch).toEqual({ closed: 1, reads: 0 });
  });

  it('leaves the reply of a handler as it was, and carries bytes above 0x7F in headers and text', async () => {
    const reply: WireReply = { status: 200, headers: ['x-cos-meta-a', '\u00e4\u00b8\u00ad'], body: '中' };
    const client = (await start(() => reply)).dial();
    for (let i = 0; i < 2; i++) {
      const answer = await client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').reply();
      expect(answer.head).toContain('x-cos-meta-a: \u00e4\u00b8\u00ad\r\n');
      expect(answer.body).toBe('\u00e4\u00b8\u00ad');
    }
    expect(reply.headers).toHaveLength(2);
  });

  it('survives a handler that throws and a header that HTTP cannot carry', async () => {
    const handlers = [
      () => {
        throw new Error('sync');
      },
      () => Promise.reject(new Error('async')),
      () => ({ status: 200, headers: ['x', 'a\r\nSet-Cookie: b'] }),
    ];
    const { dial } = await start((request) => handlers[Number(request.rawPath.slice(1))]!());
    for (const index of [0, 1, 2]) {
      const reply = await dial().send(`GET /${index} HTTP/1.1\r\nHost: h\r\n\r\n`).reply();
      expect([reply.status, codeOf(reply)]).toEqual([500, 'InternalError']);
      expect(reply.head).not.toContain('Set-Cookie');
    }
    expect(handlerErrors).toHaveLength(3);
  });

  it.each([1, 100_000, 256 * 1024, 256 * 1024 + 1, 1_500_000])('streams exactly %i bytes', async (length) => {
    const watch = { closed: 0, reads: 0 };
    const client = (await start(() => ({ status: 206, headers: [], body: counting(length, watch) }))).dial();
    for (let round = 0; round < 2; round++) {
      const { body } = await client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').reply();
      expect(body.length).toBe(length);
      for (let i = 0; i < length; i++)
        if (body.charCodeAt(i) !== ((5 + i) & 0xff)) throw new Error(`wrong byte at ${i}`);
    }
    await client.until(() => finished.length === 2);
    expect(watch.closed).toBe(2);
    expect(finished[1]).toEqual({ method: 'GET', status: 206, bytes: length });
  });

  it('cuts the connection when a read fails half-way', async () => {
    const watch = { closed: 0, reads: 0 };
    const client = (
      await start(() => ({ status: 200, headers: [], body: counting(2_000_000, watch, 600_000) }))
    ).dial();
    client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await client.until(() => client.closed);
    expect(client.text.length).toBeLessThan(1_000_000);
    expect(watch.closed).toBe(1);
    expect(handlerErrors).toHaveLength(1);
  });

  it('waits for a slow reader, reading no further ahead than its two blocks', async () => {
    const watch = { closed: 0, reads: 0 };
    const length = 24 * 1024 * 1024;
    const { dial } = await start(() => ({ status: 200, headers: [], body: counting(length, watch) }));
    const client = dial();
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await sleep(150);
    const stopped = watch.reads;
    await sleep(100);
    expect(watch.reads).toBe(stopped);
    expect(stopped * 100_000).toBeLessThan(length);
    client.socket.resume();
    expect((await client.reply()).body.length).toBe(length);
    await client.until(() => watch.closed === 1);
  });

  it('cuts a client that takes nothing at all, for streamed and for whole bodies', async () => {
    const watch = { closed: 0, reads: 0 };
    const large = Buffer.alloc(24 * 1024 * 1024);
    const { server, dial } = await start(
      (request) => ({
        status: 200,
        headers: [],
        body: request.rawPath === '/s' ? counting(large.length, watch) : large,
      }),
      { writeTimeoutMs: 80 },
    );
    for (const path of ['/s', '/w']) {
      const client = dial();
      client.socket.pause();
      client.send(`GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`);
    }
    const watcher = dial();
    await watcher.until(() => finished.length === 2);
    await watcher.until(() => server.connections <= 1);
    expect(watch.closed).toBe(1);
  });

  it('closes the handle when the client goes in the middle of a download', async () => {
    const watch = { closed: 0, reads: 0 };
    const { server, dial } = await start(() => ({ status: 200, headers: [], body: counting(64 * 1024 * 1024, watch) }));
    const client = dial().send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await client.until(() => client.text.length > 100_000);
    client.socket.destroy();
    const other = dial();
    await other.until(() => watch.closed === 1 && finished.length === 1);
    await other.until(() => server.connections === 1);
    expect(finished[0]!.bytes).toBeLessThan(64 * 1024 * 1024);
    expect(handlerErrors).toEqual([]);
  });
});

describe('bodies of unknown length', () => {
  async function* pieces(
    watch: { ended: number },
    texts: readonly string[],
    failAtEnd = false,
  ): AsyncGenerator<Buffer> {
    try {
      for (const text of texts) {
        await sleep(20);
        yield Buffer.from(text);
      }
      if (failAtEnd) throw new Error('disk');
    } finally {
      watch.ended++;
    }
  }

  it('go out in chunks, each when it is ready, and leave the connection open', async () => {
    const watch = { ended: 0 };
    const replies: WireReply[] = [
      { status: 200, headers: [], body: { stream: pieces(watch, ['one', '', 'three']) } },
      { status: 200, headers: [], body: 'next' },
    ];
    const client = (await start(() => replies.shift()!)).dial();
    client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await client.until(() => client.text.endsWith('0\r\n\r\n'));
    expect(client.text).toMatch(/\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n$/);
    expect(client.text).not.toContain('Content-Length');
    expect(watch.ended).toBe(1);
    client.text = '';
    expect((await client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n').reply()).body).toBe('next');
  });

  it('cut the connection when they fail, and are let go of when the client leaves or sends HEAD', async () => {
    const watch = { ended: 0 };
    const server = await start(() => ({ status: 200, headers: [], body: { stream: pieces(watch, ['one'], true) } }));
    const client = server.dial();
    client.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await client.until(() => client.closed);
    expect(client.text).not.toContain('\r\n0\r\n');
    expect(handlerErrors).toHaveLength(1);
    const endless = await start(() => ({
      status: 200,
      headers: [],
      body: { stream: pieces(watch, new Array<string>(10_000).fill('x'.repeat(1_000))) },
    }));
    const leaver = endless.dial();
    leaver.send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await leaver.until(() => leaver.text.includes('xxx'));
    leaver.socket.destroy();
    for (let i = 0; i < 100 && watch.ended < 2; i++) await sleep(20);
    expect(watch.ended).toBe(2);
    const asked = await endless.dial().send('HEAD / HTTP/1.1\r\nHost: h\r\n\r\n').reply(true);
    expect(asked.head).toContain('200 OK');
  });
});
