/** A wire server on a free port with low time-outs, and clients on raw sockets. Import it from a test file only. */
import { connect, type Socket } from 'node:net';
import { CosError } from '../../src/errors/cos-error.ts';
import { renderErrorXml } from '../../src/http/error-xml.ts';
import { createWireServer, type WireServer, type WireServerOptions } from '../../src/http/server.ts';
import type { WireReply, WireRequest } from '../../src/http/types.ts';
import { ManualClock } from '../../src/platform/clock.ts';
import { afterEveryTest } from '../../src/platform/fixture.ts';

export const GIB = 1024 ** 3;
const open: { server: WireServer; sockets: Socket[] }[] = [];
export const finished: { method: string; status: number; bytes: number }[] = [];
export const handlerErrors: unknown[] = [];

afterEveryTest(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await server.close(0);
  }
  finished.length = 0;
  handlerErrors.length = 0;
});

export function errorReply(error: CosError, requestId: string): WireReply {
  const body = renderErrorXml({ code: error.code, message: error.message, resource: '/', requestId, traceId: 't' });
  const close = error.details.close === true;
  return {
    status: error.code === 'InternalError' ? 500 : 400,
    headers: ['Content-Type', 'application/xml'],
    body,
    close,
  };
}

/** Echoes a body it reads; errors of the body become answers, as a dialect does it. */
export async function echo(request: WireRequest): Promise<WireReply> {
  try {
    if (request.rawPath === '/early') return { status: 403, headers: [], body: 'no' };
    const body = await request.body.readAll(5 * GIB);
    return {
      status: 200,
      headers: ['ETag', `"${body.length}"`],
      body: request.method === 'PUT' ? body : request.rawPath,
    };
  } catch (error) {
    if (error instanceof CosError) return errorReply(error, request.requestId);
    throw error;
  }
}

export async function start(handler: WireServerOptions['handler'] = echo, limits: WireServerOptions['limits'] = {}) {
  let ids = 0;
  const server = createWireServer({
    handler,
    renderParserError: (error, context) => errorReply(error, context.requestId),
    clock: new ManualClock(784111777000),
    newRequestId: () => `id-${++ids}`,
    limits: { bodyTimeoutMs: 120, headTimeoutMs: 150, drainMs: 200, ...limits },
    onFinished: (request, status, bytes) => finished.push({ method: request.method, status, bytes }),
    onHandlerError: (error) => handlerErrors.push(error),
  });
  const { port } = await server.listen('127.0.0.1', 0);
  const sockets: Socket[] = [];
  open.push({ server, sockets });
  return { server, dial: () => new Client(port, sockets) };
}

export class Client {
  readonly socket: Socket;
  text = '';
  ended = false;
  closed = false;
  #wake: (() => void) | undefined;

  constructor(port: number, sockets: Socket[]) {
    this.socket = connect(port, '127.0.0.1');
    sockets.push(this.socket);
    this.socket.setEncoding('latin1');
    this.socket.on('error', () => undefined);
    this.socket.on('data', (chunk: string) => this.#changed(() => (this.text += chunk)));
    this.socket.on('end', () => this.#changed(() => (this.ended = true)));
    this.socket.on('close', () => this.#changed(() => (this.closed = true)));
  }

  #changed(change: () => void): void {
    change();
    this.#wake?.();
  }

  send(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  async until(done: (client: Client) => boolean, ms = 3_000): Promise<void> {
    const late = performance.now() + ms;
    while (!done(this)) {
      if (performance.now() > late) throw new Error(`nothing came; have: ${JSON.stringify(this.text.slice(0, 500))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 20);
      });
    }
  }

  /** Takes one answer framed by Content-Length off the text. */
  async reply(bodiless = false): Promise<{ status: number; head: string; body: string }> {
    await this.until(() => this.text.includes('\r\n\r\n'));
    const end = this.text.indexOf('\r\n\r\n') + 4;
    const head = this.text.slice(0, end);
    const length = bodiless ? 0 : Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    await this.until(() => this.text.length >= end + length);
    const body = this.text.slice(end, end + length);
    this.text = this.text.slice(end + length);
    return { status: Number(head.slice(9, 12)), head, body };
  }
}

export function codeOf(reply: { body: string }): string | undefined {
  return /<Code>(.*)<\/Code>/.exec(reply.body)?.[1];
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
