/** Bytes over a socket, where every HTTP client is too kind. */
import { connect } from 'node:net';
import COS from 'cos-nodejs-sdk-v5';
import { APPID, REGION, SECRET_ID, SECRET_KEY } from './server-process.ts';

export const BUCKET = `probe-${APPID}`;
export const HOST = `${BUCKET}.cos.${REGION}.myqcloud.com`;

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything that arrived, from the first byte. */
  readonly text: string;
  /** The server closed the connection. */
  readonly closed: boolean;
}

/**
 * Sends pieces one after the other (a number waits so many ms) and reads until the server closes, or until an answer
 * is complete.
 */
export function exchange(
  port: number,
  pieces: readonly (string | Buffer | number)[],
  waitMs = 5_000,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const chunks: Buffer[] = [];
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(parse(Buffer.concat(chunks).toString('latin1'), closed));
    };
    const timer = setTimeout(() => finish(false), waitMs);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isComplete(Buffer.concat(chunks).toString('latin1'))) finish(false);
    });
    socket.on('end', () => finish(true));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') finish(true);
      else reject(error);
    });
    void (async () => {
      for (const piece of pieces) {
        if (typeof piece === 'number') await new Promise((done) => setTimeout(done, piece));
        else if (!socket.destroyed) socket.write(piece);
      }
    })();
  });
}

/** The last answer of the text (an interim 100 comes before it). */
function lastHead(text: string): { head: string; body: string } | undefined {
  let rest = text;
  while (rest.startsWith('HTTP/1.1 100')) rest = rest.slice(rest.indexOf('\r\n\r\n') + 4);
  const end = rest.indexOf('\r\n\r\n');
  return end < 0 ? undefined : { head: rest.slice(0, end), body: rest.slice(end + 4) };
}

function isComplete(text: string): boolean {
  const parts = lastHead(text);
  if (parts === undefined) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(parts.head);
  return length !== null && parts.body.length >= Number(length[1]);
}

/** @param text of everything that arrived */
export function parse(text: string, closed: boolean): RawAnswer {
  const { head, body } = lastHead(text) ?? { head: '', body: '' };
  const [first = '', ...lines] = head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines)
    headers[line.slice(0, line.indexOf(':')).toLowerCase()] = line.slice(line.indexOf(':') + 1).trim();
  return { status: Number(first.split(' ')[1] ?? 0), headers, body, text, closed };
}

/** `Authorization` for a request that is written by hand, made by the official SDK. */
export function authorization(
  Method: string,
  Pathname: string,
  Headers: Record<string, string> = {},
  Query: Record<string, string> = {},
): string {
  const make = COS.getAuthorization as unknown as (options: object) => string;
  return make({ SecretId: SECRET_ID, SecretKey: SECRET_KEY, Method, Pathname, Query, Headers });
}

/** The elements of an error document. */
export function errorOf(body: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of body.matchAll(/<(\w+)>([^<]*)<\/\1>/g)) found[name!] = value!;
  return found;
}
