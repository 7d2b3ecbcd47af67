import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../platform/clock.ts';
import { callAdmin, type Endpoint, listAll } from './admin-client.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(answer: RequestListener): Promise<Endpoint> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const { port } = started.address() as AddressInfo;
  return { host: '127.0.0.1', port, secretId: 'AKIDx', secretKey: 'secret-of-x' };
}

const GET = { method: 'GET', path: ['users'] } as const;

it('names every part of the address in its signature', async () => {
  const seen: string[] = [];
  const endpoint = await serve((request, response) => {
    seen.push(`${request.method} ${request.url}`, String(request.headers['authorization']));
    response.end('{}');
  });
  const path = ['users', 'a/b c', 'policies', 'p@1'];
  await callAdmin(endpoint, { method: 'PUT', path, query: { account: '名', left: undefined }, body: { on: true } });
  expect(seen[0]).toBe('PUT /_cosette/admin/v1/users/a%2Fb%20c/policies/p%401?account=%E5%90%8D');
  expect(seen[1]).toContain('q-header-list=host;x-cosette-content-sha256&q-url-param-list=account&');
  expect(seen.join()).not.toContain(endpoint.secretKey);
});

describe('a server on another clock', () => {
  it('is asked again with its own time, once', async () => {
    const nowMs = Date.UTC(2026, 10, 26);
    const signTimes: string[] = [];
    let right = true;
    const endpoint = await serve((request, response) => {
      const [, from = ''] = /q-sign-time=(\d+);/.exec(String(request.headers['authorization'])) ?? [];
      signTimes.push(from);
      response.setHeader('Date', new Date(nowMs + 86_400_000).toUTCString());
      const fine = right && signTimes.length === 2;
      response.statusCode = fine ? 200 : 403;
      response.end(fine ? '{"ok":1}' : '{"error":{"code":"AccessDenied","message":"Request has expired"}}');
    });
    expect(await callAdmin(endpoint, GET, new ManualClock(nowMs))).toEqual({ ok: 1 });
    expect(Number(signTimes[1]) - Number(signTimes[0])).toBe(86_400);
    right = false;
    await expect(callAdmin(endpoint, GET, new ManualClock(nowMs))).rejects.toThrow('Request has expired');
    expect(signTimes).toHaveLength(4);
  });
});

it('tells refusals in the words of the server, and what is no cosette server', async () => {
  const refusing = await serve((_, response) => {
    response.statusCode = 404;
    response.end('{"error":{"code":"NotFound","message":"There is no user \\"x\\"."}}');
  });
  await expect(callAdmin(refusing, GET)).rejects.toMatchObject({ code: 'NotFound', message: 'There is no user "x".' });
  server?.close();
  const other = await serve((_, response) => {
    response.statusCode = 404;
    response.end('<html>');
  });
  await expect(callAdmin(other, GET)).rejects.toThrow(/answers 404, but not as a cosette server/);
});

it('collects the pages of a list', async () => {
  const endpoint = await serve((request, response) => {
    const marker = new URL(request.url ?? '', 'http://x').searchParams.get('marker');
    response.end(JSON.stringify(marker === null ? { users: [{ at: 1 }], nextMarker: 'm' } : { users: [{ at: 2 }] }));
  });
  expect(await listAll(endpoint, ['users'], 'users')).toEqual([{ at: 1 }, { at: 2 }]);
});
