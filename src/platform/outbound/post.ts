/** One POST to a server outside, bounded in time and size. Redirects are not followed. */
import type { IncomingMessage } from 'node:http';
import {
  checkedAddresses,
  OutboundError,
  type OutboundFailure,
  type OutboundTarget,
  type Resolve,
  send,
  systemResolve,
} from './connect.ts';

export { OutboundError, type OutboundFailure };

export interface OutboundPost extends OutboundTarget {
  /** Instead of the authority of the URL. */
  readonly hostHeader?: string | undefined;
  readonly contentType: string;
  /** Further ones, flat: name, value … */
  readonly headers?: readonly string[];
  readonly body: Buffer;
  /** Name resolution, connection and answer together, ms. */
  readonly timeoutMs: number;
  /** A larger answer fails. bytes */
  readonly maxAnswerBytes: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** @throws OutboundError */
export async function post(wanted: OutboundPost, resolve: Resolve = systemResolve): Promise<OutboundAnswer> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new OutboundError('timeout'));
      controller.abort();
    }, wanted.timeoutMs);
  });
  try {
    return await Promise.race([exchange(wanted, resolve, controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(wanted: OutboundPost, resolve: Resolve, signal: AbortSignal): Promise<OutboundAnswer> {
  const addresses = await checkedAddresses(wanted, resolve);
  if (signal.aborted) throw new OutboundError('timeout');
  const { url, hostHeader, contentType, body } = wanted;
  const fixed = ['Host', hostHeader ?? url.host, 'Content-Type', contentType, 'Content-Length', String(body.length)];
  const headers = [...fixed, ...(wanted.headers ?? [])];
  const answer = await send({ method: 'POST', url, headers, body, signal }, addresses);
  try {
    const read = await readAnswer(answer, wanted.maxAnswerBytes);
    return { status: answer.statusCode ?? 0, contentType: answer.headers['content-type'], body: read };
  } finally {
    answer.destroy();
  }
}

async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new OutboundError('answer-too-large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof OutboundError ? error : new OutboundError('unreachable', error);
  }
  return Buffer.concat(chunks, bytes);
}
