/** A plain signed client: no retries, no cleverness, so that what was acknowledged is known exactly. */
import { Agent, request } from 'node:http';
import { authorization } from '../../src/cos/signature/sign.ts';
import { APPID, REGION, SECRET_ID, SECRET_KEY } from '../support/server-process.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * @param bucket short name
   * @param query as it stands in the target
   * @throws the socket's error when no whole answer came
   */
  send(
    method: string,
    bucket: string,
    key: string,
    options: { query?: string; headers?: Record<string, string>; body?: Buffer } = {},
  ): Promise<Answer> {
    const host = `${bucket}-${APPID}.cos.${REGION}.myqcloud.com`;
    const now = Math.floor(Date.now() / 1000);
    const signed = authorization({
      secretId: SECRET_ID,
      secretKey: SECRET_KEY,
      method,
      path: `/${key}`,
      headers: [['host', host]],
      from: now - 60,
      to: now + 900,
    });
    const body = options.body ?? Buffer.alloc(0);
    return new Promise((resolve, reject) => {
      const call = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          agent: this.#agent,
          method,
          path: `/${encodeKey(key)}${options.query === undefined ? '' : `?${options.query}`}`,
          headers: {
            ...options.headers,
            Host: host,
            Authorization: signed,
            ...(method === 'GET' || method === 'HEAD' ? {} : { 'Content-Length': body.length }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
          });
          response.on('error', reject);
          response.on('aborted', () => reject(new Error('aborted')));
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }
}
