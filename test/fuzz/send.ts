/** Sends a request to the server, in process or over a socket, and says what came back. */
import { connect } from 'node:net';
import type { AccessNote } from '../../src/cos/access-note.ts';
import type { WireReply } from '../../src/http/types.ts';
import { asWire, type FuzzRequest, onTheWire } from './request.ts';
import type { World } from './world.ts';

export interface Answer {
  /** 0: the connection was closed without one. */
  readonly status: number;
  readonly body: string;
  /** The server took the signature for somebody's. Over a socket: it did what was asked. */
  readonly accepted: boolean;
}

const TIMEOUT_MS = 5_000;

export class Hang extends Error {}

export async function sendInProcess(world: World, request: FuzzRequest): Promise<Answer> {
  const wire = asWire(request, world.nowMs);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Hang(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    const reply = await Promise.race([world.app.handler(wire), late]);
    const accepted = reply.status < 400 || (wire.note as AccessNote | undefined)?.identity !== undefined;
    return { status: reply.status, body: await textOf(reply), accepted };
  } finally {
    clearTimeout(timer);
  }
}

async function textOf({ body }: WireReply): Promise<string> {
  if (body === undefined) return '';
  if (typeof body === 'string') return body;
  if (Buffer.isBuffer(body)) return body.toString('utf8');
  if ('close' in body) await body.close();
  return '(a stream)';
}

export function sendOverSocket(world: World, request: FuzzRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(world.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy();
      reject(new Hang(`no answer on the socket within ${TIMEOUT_MS} ms`));
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server that answers before it has read everything may reset the connection; the answer counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0);
      resolve({ status, body: text.slice(text.indexOf('\r\n\r\n') + 4), accepted: status >= 200 && status < 400 });
    });
    socket.end(onTheWire(request));
  });
}
