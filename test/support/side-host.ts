/** Signed requests to the hosts beside those of buckets, written by hand. */
import { request } from 'node:http';
import { authorization } from '../../src/cos/signature/sign.ts';
import type { Answer } from './http.ts';
import { errorOf } from './raw.ts';
import { SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';

export interface SideSent {
  readonly method: string;
  readonly host: string;
  /** Needs no encoding. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default: the first account; null: nobody. */
  readonly as?: { readonly secretId: string; readonly secretKey: string } | null;
}

export function sendAside({ port }: Pick<ServerProcess, 'port'>, sent: SideSent): Promise<Answer> {
  const { method, host, path, query = {}, body, as = { secretId: SECRET_ID, secretKey: SECRET_KEY } } = sent;
  const from = Math.floor(Date.now() / 1_000) - 1;
  const params = Object.entries(query);
  const signed = { method, path, params, headers: [['host', host]] as [string, string][], from, to: from + 600 };
  const headers = {
    host,
    ...(as === null ? {} : { authorization: authorization({ ...as, ...signed }) }),
    'content-length': String(Buffer.byteLength(body ?? '')),
    ...sent.headers,
  };
  const search = params.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const options = { host: '127.0.0.1', port, method, path: search === '' ? path : `${path}?${search}`, headers };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, agent: false }, (incoming) => {
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
    outgoing.end(body);
  });
}

/** Asks again until the answer is good. @throws Error after 20 s */
export async function eventually<T>(ask: () => Promise<T>, isGood: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`it stays ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
