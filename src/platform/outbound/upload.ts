/**
 * Requests with bodies of any size to servers that the operator has named. Connections are kept. A body is read only as
 * fast as the other side takes it, and not at all once it has answered.
 */
import { once } from 'node:events';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { OutboundError } from './connect.ts';

export interface Upload {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  /** http or https; its path and query are not used. */
  readonly origin: URL;
  /** Path and query exactly as they go over the wire. */
  readonly path: string;
  /** Flat: name, value … with `Host`, without `Content-Length`. */
  readonly headers: readonly string[];
  readonly body?: { readonly length: number; readonly chunks: AsyncIterable<Buffer> };
  readonly signal: AbortSignal;
}

export interface UploadAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** At most `MOST_ANSWER_BYTES`: what is more is left out. */
  readonly body: Buffer;
}

const MOST_ANSWER_BYTES = 64 * 1024;
const IDLE_CONNECTION_MS = 15_000;

export class Uploader {
  readonly #silenceMs: number;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  /** @param silenceMs of a connection, after which it is given up @param connections to one server */
  constructor(silenceMs: number, connections: number) {
    this.#silenceMs = silenceMs;
    const options = { keepAlive: true, maxSockets: connections, timeout: IDLE_CONNECTION_MS };
    this.#http = new HttpAgent(options);
    this.#https = new HttpsAgent(options);
  }

  /** @throws OutboundError timeout, unreachable, aborted; what the body throws */
  async send({ method, origin, path, headers, body, signal }: Upload): Promise<UploadAnswer> {
    if (signal.aborted) throw new OutboundError('aborted');
    const secure = origin.protocol === 'https:';
    const request = (secure ? httpsRequest : httpRequest)({
      protocol: origin.protocol,
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: origin.port === '' ? undefined : Number(origin.port),
      path,
      method,
      headers: [...headers, 'Content-Length', String(body?.length ?? 0)],
      agent: secure ? this.#https : this.#http,
      signal,
    });
    request.setTimeout(this.#silenceMs, () => request.destroy(new OutboundError('timeout')));
    const answered = answerOf(request, signal);
    // Whichever fails first tells why; the other end must not go unhandled.
    answered.catch(() => undefined);
    if (body === undefined) request.end();
    else await pump(request, body.chunks);
    return answered;
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function answerOf(request: ClientRequest, signal: AbortSignal): Promise<UploadAnswer> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      if (signal.aborted) reject(new OutboundError('aborted', error));
      else reject(error instanceof OutboundError ? error : new OutboundError('unreachable', error));
    };
    request.on('error', failed);
    request.on('response', (answer) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        if (bytes < MOST_ANSWER_BYTES) chunks.push(chunk.subarray(0, MOST_ANSWER_BYTES - bytes));
        bytes += chunk.length;
      });
      answer.on('error', failed);
      answer.on('end', () => {
        if (!answer.complete) return failed(new Error('the answer broke off'));
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
        // A body that was not sent to its end leaves the connection in no state for another request.
        if (!request.writableFinished) request.destroy();
      });
    });
  });
}

/** Ends early, without an error, when the other side has answered or is gone: `answerOf` tells. */
async function pump(request: ClientRequest, chunks: AsyncIterable<Buffer>): Promise<void> {
  let over = false;
  const stop = new AbortController();
  const end = (): void => {
    over = true;
    stop.abort();
  };
  request.once('response', end);
  request.once('close', end);
  try {
    for await (const chunk of chunks) {
      if (over) return;
      if (request.write(chunk)) continue;
      await once(request, 'drain', { signal: stop.signal }).catch(() => undefined);
    }
    if (!over) request.end();
  } catch (error) {
    request.destroy();
    throw error;
  }
}
