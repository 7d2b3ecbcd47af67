import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { get, type OutboundGet, type OutboundStream } from './get.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(respond: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  server = createServer(respond);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}
const ask = (url: URL, more: Partial<OutboundGet> = {}) =>
  get({ url, headers: [], headTimeoutMs: 300, stallMs: 200, mayConnect: () => true, ...more });
async function textOf(answer: OutboundStream): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of answer.chunks()) all.push(chunk);
  return Buffer.concat(all).toString();
}

it('sends path and headers as they are, and reads what comes', async () => {
  const url = await serve((request, response) => response.end(`${request.url} ${request.headers['x-a']}`));
  const answer = await ask(url, { path: '/a/../%2e/b?c', headers: ['x-a', '1'] });
  expect([answer.status, answer.length]).toEqual([200, 15]);
  expect(await textOf(answer)).toBe('/a/../%2e/b?c 1');
});

it('fails where a path cannot be sent', async () => {
  const url = await serve((_, response) => response.end());
  await expect(ask(url, { path: '/a b' })).rejects.toMatchObject({ reason: 'unreachable' });
});

it('asks for every address of a name before it connects, redirects included', async () => {
  const url = await serve((_, response) => response.writeHead(302, { Location: 'http://inside.example.com/' }).end());
  const asked: string[] = [];
  const mayConnect = (address: string) => {
    asked.push(address);
    return address !== '10.0.0.1';
  };
  const resolve = async () => [
    { address: '8.8.8.8', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ];
  const redirects = { most: 1, headers: [], decode: false };
  const wanted = { url, headers: [], headTimeoutMs: 300, stallMs: 200, mayConnect, redirects };
  await expect(get(wanted, resolve)).rejects.toMatchObject({ reason: 'forbidden-address' });
  expect(asked).toEqual(['127.0.0.1', '8.8.8.8', '10.0.0.1']);
});

it('gives up on silence before the head and inside the body, but never on its reader', async () => {
  const mute = await serve(() => undefined);
  await expect(ask(mute)).rejects.toMatchObject({ reason: 'timeout' });
  server!.closeAllConnections();
  server!.close();
  const url = await serve((request, response) => {
    response.writeHead(200, { 'Content-Length': 2 }).write('a');
    if (request.url === '/b') setTimeout(() => response.end('b'), 50);
  });
  await expect(textOf(await ask(url, { path: '/a' }))).rejects.toMatchObject({ reason: 'timeout' });
  const answer = await ask(url, { path: '/b' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await textOf(answer)).toBe('ab');
});

it.each(['length', 'chunks'])('says when a body ends early (%s)', async (form) => {
  const url = await serve((_, response) => {
    if (form === 'length') response.setHeader('Content-Length', 10);
    response.write('a', () => setTimeout(() => response.destroy(), 20));
  });
  await expect(textOf(await ask(url))).rejects.toMatchObject({ reason: 'unreachable' });
});

it('ends when it is told to, before the head and inside the body', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/b') response.write('a');
  });
  for (const path of ['/a', '/b']) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const asked = ask(url, { path, signal: controller.signal, stallMs: 5_000, headTimeoutMs: 5_000 }).then(textOf);
    await expect(asked).rejects.toMatchObject({ reason: 'aborted' });
  }
});
