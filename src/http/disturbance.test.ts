import { describe, expect, it } from 'vitest';
import { finished, sleep, start } from '../../test/support/wire-fixture.ts';
import type { WireReply } from './types.ts';

const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';
const HOUR = 3_600_000;

/** What the client's socket reports when the connection ends. */
function ending(socket: import('node:net').Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'));
    socket.once('close', () => resolve('closed'));
  });
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
