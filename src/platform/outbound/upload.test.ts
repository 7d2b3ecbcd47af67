import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Uploader } from './upload.ts';

let server: Server;
let uploader: Uploader;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeEach(async () => {
  uploader = new Uploader(300, 4);
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  uploader.close();
  server.closeAllConnections();
  server.close();
});

const BLOCK = Buffer.alloc(256 * 1024, 'x');
let taken = 0;
async function* blocks(count: number): AsyncGenerator<Buffer> {
  taken = 0;
  for (let i = 0; i < count; i++) {
    taken += 1;
    yield BLOCK;
  }
}
function send(count?: number, signal = new AbortController().signal) {
  const { port } = server.address() as AddressInfo;
  const origin = new URL(`http://127.0.0.1:${port}`);
  const body = count === undefined ? {} : { body: { length: count * BLOCK.length, chunks: blocks(count) } };
  return uploader.send({
    method: 'PUT',
    origin,
    path: '/a/../b%20c?d',
    headers: ['Host', 'h', 'X-One', '1'],
    signal,
    ...body,
  });
}

describe('Uploader', () => {
  it('sends path, headers and body as they are, and gives the answer', async () => {
    let seen = '';
    answer = (request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => {
        const { host, 'x-one': one, 'content-length': length } = request.headers;
        seen = `${request.method} ${request.url} ${host} ${one} ${length} ${bytes}`;
        response.writeHead(201, { 'X-Two': '2' }).end('done');
      });
    };
    const { status, headers, body } = await send(20);
    expect([status, headers['x-two'], body.toString()]).toEqual([201, '2', 'done']);
    expect(seen).toBe(`PUT /a/../b%20c?d h 1 ${20 * BLOCK.length} ${20 * BLOCK.length}`);
    expect((await send()).status).toBe(201);
  });

  it('stops reading once it is answered, and goes on with another connection', async () => {
    answer = (_, response) => response.writeHead(400).end('no');
    expect((await send(4_000)).status).toBe(400);
    expect(taken).toBeLessThan(200);
    expect((await send()).status).toBe(400);
  });

  it('reads only as fast as the other side takes it, and gives up on silence', async () => {
    answer = () => undefined;
    await expect(send(4_000)).rejects.toMatchObject({ reason: 'timeout' });
    expect(taken).toBeLessThan(200);
  });

  it('tells what went wrong', async () => {
    answer = (request) => request.socket.destroy();
    await expect(send(1)).rejects.toMatchObject({ reason: 'unreachable' });
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Length': '10' }).write('half');
      response.socket?.end();
    };
    await expect(send()).rejects.toMatchObject({ reason: 'unreachable' });
    const controller = new AbortController();
    answer = () => controller.abort();
    await expect(send(undefined, controller.signal)).rejects.toMatchObject({ reason: 'aborted' });
    await expect(send(undefined, controller.signal)).rejects.toMatchObject({ reason: 'aborted' });
  });

  it('passes on what the body throws', async () => {
    answer = () => undefined;
    const { port } = server.address() as AddressInfo;
    async function* broken(): AsyncGenerator<Buffer> {
      yield BLOCK;
      throw new Error('the disk');
    }
    const sent = uploader.send({
      method: 'PUT',
      origin: new URL(`http://127.0.0.1:${port}`),
      path: '/',
      headers: ['Host', 'h'],
      signal: new AbortController().signal,
      body: { length: 2 * BLOCK.length, chunks: broken() },
    });
    await expect(sent).rejects.toThrow('the disk');
  });
});
