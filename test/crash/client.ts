/** A COS client of a few lines: signed requests over kept connections, answers as they are. */
import { Agent, request } from 'node:http';
import { authorization } from '../../src/cos/signature/sign.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Ask {
  readonly method: string;
  /** Without the APPID. */
  readonly bucket: string;
  /** ASCII that needs no escaping. Default '': the bucket. */
  readonly key?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export const APPID = '1250000000';
export const REGION = 'ap-guangzhou';
export const CREDENTIALS = {
  secretId: 'AKIDcrashcrashcrashcrashcrashcrash01',
  secretKey: 'crashcrashcrashcrashcrashcrash01',
};

const TIMEOUT_MS = 30_000;

/** The connection broke: whether the request was carried out is not known. */
export class Interrupted extends Error {}

export function hostOf(bucket: string): string {
  return `${bucket}-${APPID}.cos.${REGION}.myqcloud.com`;
}

export class CosClient {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 });

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Interrupted */
  ask({ method, bucket, key = '', params = {}, headers = {}, body }: Ask): Promise<Answer> {
    const host = hostOf(bucket);
    const path = `/${key}`;
    const from = Math.floor(Date.now() / 1000) - 60;
    const pairs = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
    const signature = authorization({
      ...CREDENTIALS,
      method,
      path,
      params: pairs,
      headers: [['host', host]],
      from,
      to: from + 3_600,
    });
    const query = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new Interrupted(error.message));
      const call = request(
        {
          host: '127.0.0.1',
          port: this.#port,
          agent: this.#agent,
          method,
          path: query === '' ? path : `${path}?${query}`,
          headers: { ...headers, Host: host, Authorization: signature, 'Content-Length': body?.length ?? 0 },
          timeout: TIMEOUT_MS,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => {
            if (response.complete) {
              resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
            } else fail(new Error('a cut answer'));
          });
        },
      );
      call.on('error', fail);
      call.on('timeout', () => call.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
      call.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The texts of all elements of this name. */
export function texts(xml: Buffer | string, name: string): string[] {
  const found = xml.toString().matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'));
  return [...found].map((match) => match[1]!.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
}
