import { describe, expect, it } from 'vitest';
import { sleep, start } from '../../test/support/wire-fixture.ts';

describe('shutdown', () => {
  it('closes idle connections, finishes running requests, refuses new ones', async () => {
    const { server, dial } = await start((request) =>
      sleep(100).then(() => ({ status: 200, headers: [], body: request.rawPath })),
    );
    const idle = dial();
    await idle.send('GET /i HTTP/1.1\r\nHost: h\r\n\r\n').reply();
    const fresh = dial();
    const busy = dial().send('GET /busy HTTP/1.1\r\nHost: h\r\n\r\n');
    await sleep(30);
    const closing = server.close(5_000);
    const reply = await busy.reply();
    expect(reply.body).toBe('/busy');
    expect(reply.head).toContain('Connection: close');
    await closing;
    await idle.until(() => idle.closed && fresh.closed && busy.closed);
    const late = dial();
    await late.until(() => late.closed);
    expect(server.connections).toBe(0);
  });

  it('cuts what is left after the grace', async () => {
    const { server, dial } = await start(() => new Promise(() => undefined));
    const stuck = dial().send('GET / HTTP/1.1\r\nHost: h\r\n\r\n');
    await sleep(30);
    const begin = performance.now();
    await server.close(80);
    expect(performance.now() - begin).toBeGreaterThan(70);
    await stuck.until(() => stuck.closed);
  });

  it('listens on several addresses, and says when a port is taken', async () => {
    const { server } = await start();
    const second = await server.listen('127.0.0.1', 0);
    expect(server.addresses).toHaveLength(2);
    await expect(server.listen('127.0.0.1', second.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('listens on both families of one port', async ({ skip }) => {
    const { server } = await start();
    const { port } = await server.listen('0.0.0.0', 0);
    try {
      await server.listen('::', port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw error;
      skip('no IPv6 here');
    }
    expect(server.addresses.map(({ host }) => host)).toEqual(['127.0.0.1', '0.0.0.0', '::']);
  });
});
