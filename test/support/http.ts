/** Signed requests to a server process, one header at a time: what SDKs would not send, or would send differently. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { authorization, errorOf } from './raw.ts';
import { APPID, REGION, type ServerProcess } from './server-process.ts';

export interface Sent {
  readonly method: string;
  /** Decoded; '' addresses the bucket. */
  readonly key?: string;
  /** A name without value is written without `=`. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Default: true */
  readonly signed?: boolean;
  /** Default: the client's. */
  readonly bucket?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as text. */
  readonly text: string;
  /** Elements of an error document; empty without one. */
  readonly error: Readonly<Record<string, string>>;
}

export type Send = (sent: Sent) => Promise<Answer>;

/** @param name of the bucket without APPID @param region the host names */
export function clientOf(server: Pick<ServerProcess, 'port'>, name: string, region = REGION): Send {
  return (sent) => send(server.port, sent.bucket ?? `${name}-${APPID}`, region, sent);
}

function send(port: number, bucket: string, region: string, sent: Sent): Promise<Answer> {
  const { method, key = '', query = {}, body } = sent;
  const path = `/${key.split('/').map(encodeURIComponent).join('/')}`;
  const pairs = Object.entries(query).map(([name, value]) =>
    value === '' ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const headers: Record<string, string> = {
    Host: `${bucket}.cos.${region}.myqcloud.com`,
    ...(body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...sent.headers,
  };
  if (sent.signed !== false) headers['Authorization'] = authorization(method, `/${key}`, {}, query);
  const target = pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path: target, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const whole = Buffer.concat(chunks);
        const text = whole.toString('utf8');
        const error = text.includes('<Error>') ? errorOf(text) : {};
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: whole, text, error });
      });
    });
    outgoing.on('error', reject);
    // A text would be sent in one piece with the head, and the head's bytes be read as characters.
    outgoing.end(typeof body === 'string' ? Buffer.from(body) : body);
  });
}
