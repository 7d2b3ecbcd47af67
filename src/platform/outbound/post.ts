/**
 * One POST to a server outside, bounded in time and size. The name is resolved once, every address it has is checked,
 * and the connection goes to one of those: an answer of DNS that changes in between reaches nothing. Redirects are not
 * followed, connections not kept, proxies of the environment not used.
 */
import { promises as dns, type LookupAddress } from 'node:dns';
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';

export interface OutboundPost {
  /** http or https; user and password are ignored. */
  readonly url: URL;
  /** Instead of the authority of the URL. */
  readonly hostHeader?: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
  /** Name resolution, connection and answer together, ms. */
  readonly timeoutMs: number;
  /** A larger answer fails. bytes */
  readonly maxAnswerBytes: number;
  /** Whether the address may be connected to; asked for each one that the name has. */
  readonly mayConnect: (address: string) => boolean;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export type OutboundFailure = 'timeout' | 'unknown-host' | 'forbidden-address' | 'unreachable' | 'answer-too-large';

export class OutboundError extends Error {
  readonly reason: OutboundFailure;

  constructor(reason: OutboundFailure, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'OutboundError';
    this.reason = reason;
  }
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

const systemResolve: Resolve = (host) => dns.lookup(host, { all: true, order: 'verbatim' });

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
  const answer = await send(wanted, addresses, signal);
  try {
    const body = await readAnswer(answer, wanted.maxAnswerBytes);
    return { status: answer.statusCode ?? 0, contentType: answer.headers['content-type'], body };
  } finally {
    answer.destroy();
  }
}

async function checkedAddresses({ url, mayConnect }: OutboundPost, resolve: Resolve): Promise<LookupAddress[]> {
  const host = bareHost(url);
  const family = isIP(host);
  let addresses: readonly LookupAddress[];
  try {
    addresses = family === 0 ? await resolve(host) : [{ address: host, family }];
  } catch (error) {
    throw new OutboundError('unknown-host', error);
  }
  if (addresses.length === 0) throw new OutboundError('unknown-host');
  // A name with both kinds of addresses is meant to slip through.
  if (!addresses.every(({ address }) => mayConnect(address))) throw new OutboundError('forbidden-address');
  return [...addresses];
}

function send(wanted: OutboundPost, addresses: LookupAddress[], signal: AbortSignal): Promise<IncomingMessage> {
  const { url, body } = wanted;
  const host = bareHost(url);
  const secure = url.protocol === 'https:';
  const options: RequestOptions & { servername?: string } = {
    method: 'POST',
    host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: {
      Host: wanted.hostHeader ?? url.host,
      'Content-Type': wanted.contentType,
      'Content-Length': body.length,
      Connection: 'close',
    },
    agent: false,
    signal,
    lookup: (_host, { all }, found) => {
      if (all === true) found(null, addresses);
      else found(null, addresses[0]!.address, addresses[0]!.family);
    },
  };
  if (secure && isIP(host) === 0) options.servername = host;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = (secure ? httpsRequest : httpRequest)(options, resolve);
    request.on('error', (error) => reject(new OutboundError('unreachable', error)));
    request.end(body);
  });
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

/** Without the brackets of an IPv6 address. */
function bareHost(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}
