/**
 * Connections to servers outside. A name is resolved once, every address it has is checked, and the connection goes to
 * one of those: an answer of DNS that changes in between reaches nothing. Connections are not kept, proxies of the
 * environment not used.
 */
import { promises as dns, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';

export type OutboundFailure =
  | 'timeout'
  | 'unknown-host'
  | 'forbidden-address'
  | 'unreachable'
  | 'answer-too-large'
  | 'redirects'
  | 'aborted';

export class OutboundError extends Error {
  readonly reason: OutboundFailure;

  constructor(reason: OutboundFailure, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause });
    this.name = 'OutboundError';
    this.reason = reason;
  }
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const systemResolve: Resolve = (host) => dns.lookup(host, { all: true, order: 'verbatim' });

export interface OutboundTarget {
  /** http or https; user and password are ignored. */
  readonly url: URL;
  /** Whether the address may be connected to; asked for each one that the name has. */
  readonly mayConnect: (address: string) => boolean;
}

/** @throws OutboundError unknown-host, forbidden-address */
export async function checkedAddresses(
  { url, mayConnect }: OutboundTarget,
  resolve: Resolve,
): Promise<LookupAddress[]> {
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

export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Instead of path and query of the URL, which it normalizes. */
  readonly path?: string | undefined;
  /** Flat: name, value … with `Host`. */
  readonly headers: readonly string[];
  readonly body?: Buffer | undefined;
  readonly signal: AbortSignal;
}

/** @returns the head of the answer @throws OutboundError unreachable */
export function send(wanted: OutboundRequest, addresses: readonly LookupAddress[]): Promise<IncomingMessage> {
  const { url, method, path, headers, body, signal } = wanted;
  const host = bareHost(url);
  const secure = url.protocol === 'https:';
  const options: RequestOptions & { servername?: string } = {
    method,
    host,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: path ?? `${url.pathname}${url.search}`,
    headers: [...headers, 'Connection', 'close'],
    agent: false,
    signal,
    lookup: (_host, { all }, found) => {
      if (all === true) found(null, [...addresses]);
      else found(null, addresses[0]!.address, addresses[0]!.family);
    },
  };
  if (secure && isIP(host) === 0) options.servername = host;
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => reject(new OutboundError('unreachable', error));
    try {
      const request = (secure ? httpsRequest : httpRequest)(options, resolve);
      request.on('error', failed);
      request.end(body);
    } catch (error) {
      // Paths and headers that cannot be sent are refused at once.
      failed(error);
    }
  });
}

/** Without the brackets of an IPv6 address. */
function bareHost(url: URL): string {
  return url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
}
