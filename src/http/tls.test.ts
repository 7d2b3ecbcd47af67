import { once } from 'node:events';
import { connect as dialPlain, type Socket } from 'node:net';
import { type ConnectionOptions, createSecureContext, connect as dialTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { errorReply, sleep } from '../../test/support/wire-fixture.ts';
import type { CosError } from '../errors/cos-error.ts';
import { authorityCertificate, makeKeys, serverCertificate } from '../platform/certificates/certificate.ts';
import { ManualClock, systemClock } from '../platform/clock.ts';
import { createWireServer, type WireServer, type WireServerOptions } from './server.ts';
import type { TlsContexts } from './tls-door.ts';
import type { WireRequest } from './types.ts';

const validity = { fromMs: systemClock.nowMs() - 60_000, toMs: systemClock.nowMs() + 3_600_000 };
const issuer = { name: 'test', keys: makeKeys() };
const ca = authorityCertificate(issuer, validity);
const asked: (string | undefined)[] = [];

function contextOf(name: string) {
  const keys = makeKeys();
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  return createSecureContext({ cert: serverCertificate(issuer, keys.publicKey, [name], validity), key });
}

const fallback = contextOf('fallback.test');
const contexts: TlsContexts = {
  contextFor(name) {
    asked.push(name);
    return name === 'own.test' ? contextOf(name) : fallback;
  },
};

const open: WireServer[] = [];
const sockets: Socket[] = [];
const refused: string[][] = [];
const tlsErrors: unknown[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) await server.close(0);
  for (const list of [refused, tlsErrors, asked]) list.length = 0;
});

async function echo(request: WireRequest) {
  try {
    const body = await request.body.readAll(1024 ** 3);
    return {
      status: 200,
      headers: [],
      body: `${request.secure} ${request.host} ${request.rawPath} ${request.remoteAddress} ${body.length}`,
    };
  } catch (error) {
    return errorReply(error as CosError, request.requestId);
  }
}

async function start(given: Partial<WireServerOptions> = {}) {
  const server = createWireServer({
    handler: echo,
    renderParserError: (error, context) => errorReply(error, context.requestId),
    clock: new ManualClock(784111777000),
    newRequestId: () => 'id',
    tls: () => Promise.resolve(contexts),
    proxy: {
      ownsTarget: (authority) => authority.startsWith('own.test'),
      ownsTunnel: (authority) => authority.startsWith('own.test'),
      onRefused: (...facts) => refused.push(facts),
    },
    onTlsError: (error) => tlsErrors.push(error),
    ...given,
    limits: { bodyTimeoutMs: 120, headTimeoutMs: 300, drainMs: 200, ...given.limits },
  });
  open.push(server);
  const { port } = await server.listen('127.0.0.1', 0);
  const tls = await server.listenTls('127.0.0.1', 0);
  return { server, port, tlsPort: tls.port };
}

/** What a socket received so far, as text. */
class Reader {
  text = '';
  closed = false;
  constructor(socket: Socket) {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  async until(done: (reader: Reader) => boolean, ms = 3_000): Promise<string> {
    const late = systemClock.monotonicMs() + ms;
    while (!done(this)) {
      if (systemClock.monotonicMs() > late) throw new Error(`nothing came; have ${JSON.stringify(this.text)}`);
      await sleep(5);
    }
    return this.text;
  }
}

function plain(port: number) {
  const socket = dialPlain(port, '127.0.0.1');
  return { socket, reader: new Reader(socket) };
}

async function secured(options: ConnectionOptions): Promise<{ socket: TLSSocket; reader: Reader }> {
  const socket = dialTls({ ca, host: '127.0.0.1', servername: 'own.test', ...options });
  const reader = new Reader(socket);
  await once(socket, 'secureConnect');
  return { socket, reader };
}

/** A tunnel, open. */
async function tunnel(port: number, behind = '') {
  const { socket, reader } = plain(port);
  socket.write(`CONNECT own.test:443 HTTP/1.1\r\nHost: own.test:443\r\n\r\n${behind}`);
  expect(await reader.until(({ text }) => text.includes('\r\n\r\n'))).toMatch(
    /^HTTP\/1\.1 200 Connection Established\r\nx-cos-request-id: id\r\n\r\n/,
  );
  return { socket, reader };
}

const GET = 'GET /k HTTP/1.1\r\nHost: own.test\r\n\r\n';
const contains = (part: string) => (reader: Reader) => reader.text.includes(part);

describe('the TLS listener', () => {
  it('serves requests one after another, as secure ones', async () => {
    const { server, tlsPort } = await start();
    expect(server.tlsAddresses).toEqual([{ host: '127.0.0.1', port: tlsPort }]);
    const { socket, reader } = await secured({ port: tlsPort, ALPNProtocols: ['h2', 'http/1.1'] });
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.write(GET);
    await reader.until(contains('true own.test /k 127.0.0.1 0'));
    socket.write('PUT /big HTTP/1.1\r\nHost: own.test\r\nContent-Length: 3000000\r\n\r\n');
    socket.write(Buffer.alloc(3_000_000));
    await reader.until(contains('true own.test /big 127.0.0.1 3000000'));
    expect(server.connections).toBe(1);
  });

  it('shows the certificate of the name that is asked for, and its own to others', async () => {
    const { tlsPort } = await start();
    await secured({ port: tlsPort, servername: 'OWN.test' });
    expect(asked).toEqual([undefined, 'own.test']);
    await expect(secured({ port: tlsPort, servername: 'wrong.test' })).rejects.toThrow(/altnames/);
    const { socket } = await secured({ port: tlsPort, servername: 'wrong.test', checkServerIdentity: () => undefined });
    expect(socket.getPeerCertificate().subjectaltname).toBe('DNS:fallback.test');
  });

  it.each([
    ['says nothing', []],
    [
      'drips the beginning of a record',
      ['\x16', '\x03', '\x01', '\x02', '\x00', '\x01', '\x00', '\x01', '\xfc', '\x03'],
    ],
  ])('cuts a client that %s', async (_, bytes) => {
    const { tlsPort } = await start();
    const { socket, reader } = plain(tlsPort);
    const began = systemClock.monotonicMs();
    for (const byte of bytes) {
      socket.write(byte, 'latin1');
      await sleep(60);
    }
    await reader.until(({ closed }) => closed);
    expect(systemClock.monotonicMs() - began).toBeLessThan(1_500);
    await secured({ port: tlsPort });
  });

  it.each([GET, '\x16\x03\x01garbage that is no handshake', ''])('survives %j and a reset', async (text) => {
    const { tlsPort, server } = await start();
    const { socket, reader } = plain(tlsPort);
    socket.write(text, 'latin1');
    if (text === '') socket.resetAndDestroy();
    await reader.until(({ closed }) => closed);
    expect(server.connections).toBe(0);
    const inside = await secured({ port: tlsPort });
    inside.socket.write(GET);
    await inside.reader.until(contains('/k'));
  });

  it('keeps the time of heads and bodies', async () => {
    const { tlsPort } = await start();
    const half = await secured({ port: tlsPort });
    half.socket.write('GET / HTTP/1.1\r\nHost:');
    await half.reader.until(contains('RequestTimeOut'));
    const stalled = await secured({ port: tlsPort });
    stalled.socket.write('PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na');
    await stalled.reader.until(contains('RequestTimeOut'));
  });

  it('counts its connections', async () => {
    const { tlsPort } = await start({ limits: { connections: 1 } });
    await secured({ port: tlsPort });
    const { reader } = plain(tlsPort);
    await reader.until(({ closed }) => closed);
  });

  it.each([
    ['cuts', 'takes nothing'],
    ['waits for', 'takes a little now and then'],
  ])('%s a client that %s', async (_, does) => {
    const takes = does !== 'takes nothing';
    const { tlsPort } = await start({
      handler: () => ({ status: 200, headers: [], body: Buffer.alloc(24 * 1024 ** 2) }),
      limits: { writeTimeoutMs: 200 },
    });
    const socket = dialTls({ ca, host: '127.0.0.1', port: tlsPort, servername: 'own.test' });
    sockets.push(socket);
    let closed = false;
    socket
      .on('error', () => undefined)
      .on('close', () => {
        closed = true;
      });
    await once(socket, 'secureConnect');
    socket.write(GET);
    socket.pause();
    for (let at = 0; at < 12; at++) {
      await sleep(100);
      if (takes) socket.read();
    }
    // Let the end of the connection be seen, without taking what is left.
    if (!takes) {
      socket.resume();
      await expect.poll(() => closed, { timeout: 3_000 }).toBe(true);
      expect(socket.bytesRead).toBeLessThan(24 * 1024 ** 2);
    } else expect(closed).toBe(false);
  });

  it('lets a running request finish and cuts handshakes when the server closes', async () => {
    const { server, port, tlsPort } = await start({
      handler: () => sleep(300).then(() => ({ status: 200, headers: [], body: 'done' })),
      limits: { headTimeoutMs: 20_000 },
    });
    const running = await secured({ port: tlsPort });
    running.socket.write(GET);
    const handshake = plain(tlsPort);
    const silent = await tunnel(port);
    await sleep(50);
    const began = systemClock.monotonicMs();
    await server.close(5_000);
    expect(systemClock.monotonicMs() - began).toBeLessThan(2_000);
    await running.reader.until(contains('done'));
    await handshake.reader.until(({ closed }) => closed);
    await silent.reader.until(({ closed }) => closed);
  });
});

describe('CONNECT', () => {
  it.each(['port', 'tlsPort'] as const)('ends a tunnel with TLS of its own (%s)', async (which) => {
    const started = await start();
    const outer = which === 'port' ? plain(started.port) : await secured({ port: started.tlsPort });
    outer.socket.write('CONNECT own.test:443 HTTP/1.1\r\nHost: own.test:443\r\n\r\n');
    await outer.reader.until(contains('200 Connection Established'));
    const { socket, reader } = await secured({ socket: outer.socket });
    socket.write(GET);
    await reader.until(contains('true own.test /k 127.0.0.1 0'));
    expect(started.server.connections).toBe(1);
    socket.end();
    await expect.poll(() => started.server.connections).toBe(0);
  });

  it('takes plain HTTP through a tunnel, also with bytes that follow at once', async () => {
    const { port, server } = await start();
    const first = await tunnel(port);
    const reader = new Reader(first.socket);
    first.socket.write(GET);
    await reader.until(contains('false own.test /k 127.0.0.1 0'));
    first.socket.write('PUT /b HTTP/1.1\r\nHost: own.test\r\nContent-Length: 200000\r\n\r\n');
    first.socket.write(Buffer.alloc(200_000));
    await reader.until(contains('false own.test /b 127.0.0.1 200000'));
    expect(server.connections).toBe(1);
    const eager = plain(port);
    eager.socket.write(`CONNECT own.test:80 HTTP/1.1\r\nHost: own.test:80\r\n\r\n${GET}`);
    await eager.reader.until(contains('false own.test /k'));
  });

  it('refuses foreign names, and tells of them', async () => {
    const { port } = await start();
    const { socket, reader } = plain(port);
    socket.write('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
    const text = await reader.until(({ closed }) => closed);
    expect(text).toContain('<Code>AccessDenied</Code>');
    expect(text).toContain('proxy for its own names only');
    expect(text).not.toContain(' 200 ');
    expect(refused).toEqual([['example.com:443', 'CONNECT', '127.0.0.1']]);
  });

  it.each(['own.test', 'own.test:', 'own.test:1234567', 'own.test/x:443', 'http://own.test:443', '[own.test]:443'])(
    'refuses the target %s',
    async (target) => {
      const { port } = await start();
      const { socket, reader } = plain(port);
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect(await reader.until(({ closed }) => closed)).toMatch(/^HTTP\/1\.1 400 /);
    },
  );

  it('opens no tunnel in a tunnel, and none behind another request', async () => {
    const { port } = await start();
    const outer = await tunnel(port);
    const { socket, reader } = await secured({ socket: outer.socket });
    socket.write('CONNECT own.test:443 HTTP/1.1\r\nHost: own.test:443\r\n\r\n');
    await reader.until(contains('<Code>BadRequest</Code>'));
    const inside = await tunnel(port);
    const again = new Reader(inside.socket);
    inside.socket.write('CONNECT own.test:443 HTTP/1.1\r\nHost: own.test:443\r\n\r\n');
    await again.until(contains('<Code>BadRequest</Code>'));
    const late = plain(port);
    late.socket.write(GET);
    await late.reader.until(contains('/k'));
    late.socket.write('CONNECT own.test:443 HTTP/1.1\r\nHost: own.test:443\r\n\r\n');
    await late.reader.until(contains('<Code>BadRequest</Code>'));
  });

  it('cuts a tunnel through which nothing comes, and one that ends', async () => {
    const { port } = await start();
    await (await tunnel(port)).reader.until(({ closed }) => closed);
    const ended = await tunnel(port);
    ended.socket.end();
    await ended.reader.until(({ closed }) => closed);
  });

  it('closes the tunnel when there is no certificate, and asks again for the next one', async () => {
    let asks = 0;
    const server = createWireServer({
      handler: echo,
      renderParserError: (error, context) => errorReply(error, context.requestId),
      clock: new ManualClock(0),
      newRequestId: () => 'id',
      tls: () => (++asks === 1 ? Promise.reject(new Error('no disk')) : Promise.resolve(contexts)),
      proxy: { ownsTarget: () => true, ownsTunnel: () => true, onRefused: () => undefined },
      onTlsError: (error) => tlsErrors.push(error),
    });
    open.push(server);
    const { port } = await server.listen('127.0.0.1', 0);
    const first = await tunnel(port);
    await expect(secured({ socket: first.socket })).rejects.toThrow();
    expect(tlsErrors).toHaveLength(1);
    const second = await tunnel(port);
    const { socket, reader } = await secured({ socket: second.socket });
    socket.write(GET);
    await reader.until(contains('true own.test /k'));
    expect(asks).toBe(2);
  });
});

describe('absolute-form targets', () => {
  it('are answered for names of ours and refused for others', async () => {
    const { port } = await start();
    const own = plain(port);
    own.socket.write('GET https://own.test/k HTTP/1.1\r\nHost: other\r\n\r\n');
    await own.reader.until(contains('false own.test /k'));
    const foreign = plain(port);
    foreign.socket.write('GET http://example.com/k HTTP/1.1\r\nHost: own.test\r\n\r\n');
    expect(await foreign.reader.until(({ closed }) => closed)).toContain('<Code>AccessDenied</Code>');
    expect(refused).toEqual([['example.com', 'GET', '127.0.0.1']]);
  });
});
