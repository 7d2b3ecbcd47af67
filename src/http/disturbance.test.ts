import { describe, expect, it } from 'vitest';
import { finished, handlerErrors, sleep, start } from '../../test/support/wire-fixture.ts';
import type { RandomAccessBody, WireReply } from './types.ts';

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const HOUR = 3_600_000;

/** What the client's socket reports when the connection ends. */
function ending(socket: import('node:net').Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.once('close', () => resolve('closed'));
  });
}

function blocks(length: number): RandomAccessBody {
  return { start: 0, length, read: async (_, target) => target.fill('x').length, close: () => undefined };
}

async function* chunks(count: number, bytes: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < count; sent++) yield Buffer.alloc(bytes, 'x');
}

describe('a reply', () => {
  it('that resets lets the client see ECONNRESET and nothing else', async () => {
    const client = (await start(() => ({ status: 0, headers: [], reset: true }))).dial();
    const end = ending(client.socket);
    client.send(GET + GET);
    expect(await end).toBe('ECONNRESET');
    expect(client.text).toBe('');
    await client.until(() => finished.length > 0);
    await sleep(30);
    expect(finished).toEqual([{ method: 'GET', status: 0, bytes: 0 }]);
  });

  it('that is late comes after its time, and the connection goes on', async () => {
    const replies: WireReply[] = [
      { status: 503, headers: [], delayMs: 150, body: 'late' },
      { status: 200, headers: [], body: 'next' },
    ];
    const client = (await start(() => replies.shift()!)).dial();
    const from = performance.now();
    client.send(GET + GET);
    expect(await client.reply()).toMatchObject({ status: 503, body: 'late' });
    expect(performance.now() - from).toBeGreaterThan(140);
    expect(await client.reply()).toMatchObject({ status: 200, body: 'next' });
  });

  it.each<[string, () => WireReply['body'], number]>([
    ['a text', () => '0123456789', 4],
    ['bytes in a write of their own', () => Buffer.alloc(100_000, '0123456789'), 70_001],
    ['blocks', () => blocks(1_000_000), 600_003],
    ['blocks, none of them', () => blocks(1_000_000), 0],
    ['a stream', () => ({ stream: chunks(10, 1_000) }), 5_500],
  ])('that is cut short ends the connection in the midst of %s', async (_, body, cutAfter) => {
    const { dial } = await start(() => ({ status: 200, headers: [], cutAfter, body: body() }));
    const client = dial();
    const end = ending(client.socket);
    client.send(GET + GET);
    expect(await end).toBe('closed');
    const [head, rest] = [client.text.slice(0, client.text.indexOf('\r\n\r\n')), client.text.split('\r\n\r\n')[1]!];
    expect(head).toContain('Connection: keep-alive');
    const isStream = head.includes('Transfer-Encoding');
    const sent = isStream ? rest.replace(/\r?\n?[0-9a-f]+\r\n/g, '').trim() : rest;
    expect(sent.length).toBe(cutAfter);
    expect(client.text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    if (isStream) expect(rest).not.toMatch(/\r\n0\r\n$/);
    else expect(Number(/Content-Length: (\d+)/.exec(head)?.[1])).toBeGreaterThan(cutAfter);
    expect(finished).toEqual([{ method: 'GET', status: 200, bytes: cutAfter }]);
    expect(handlerErrors).toEqual([]);
  });

  it('that has no more bytes than it may is whole', async () => {
    const bodies: WireReply['body'][] = ['abc', blocks(3), { stream: chunks(3, 1) }];
    const client = (await start(() => ({ status: 200, headers: [], cutAfter: 3, body: bodies.shift()! }))).dial();
    client.send(GET + GET);
    expect(await client.reply()).toMatchObject({ body: 'abc' });
    expect(await client.reply()).toMatchObject({ body: 'xxx' });
  });

  it('that would never come is given up with the client', async () => {
    const { server, dial } = await start(() => ({ status: 0, headers: [], reset: true, delayMs: HOUR }));
    const clients = [dial(), dial(), dial()];
    for (const client of clients) client.send(GET);
    await sleep(80);
    expect([server.connections, finished.length]).toEqual([3, 0]);
    clients[0]!.socket.destroy();
    clients[1]!.socket.resetAndDestroy();
    clients[2]!.socket.end();
    await clients[2]!.until(() => server.connections === 0);
    expect(finished).toHaveLength(3);
  });

  it('that would never come does not hold the server up when it closes', async () => {
    const { server, dial } = await start(() => ({ status: 0, headers: [], reset: true, delayMs: HOUR }));
    dial().send(GET);
    await sleep(50);
    const from = performance.now();
    await server.close(20_000);
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});
