/** One GET of a server outside whose body is read as it comes, bounded in every wait. */
import type { IncomingMessage } from 'node:http';
import { checkedAddresses, OutboundError, type OutboundTarget, type Resolve, send, systemResolve } from './connect.ts';

/** How answers that send on are followed. */
export interface Redirects {
  /** More of them fail. */
  readonly most: number;
  /** Flat, without `Host`: what goes to the servers one is sent to. */
  readonly headers: readonly string[];
  /** Locations are percent-decoded once before they are followed. */
  readonly decode: boolean;
}

export interface OutboundGet extends OutboundTarget {
  /** Instead of path and query of the URL, which it normalizes. */
  readonly path?: string | undefined;
  /** Flat: name, value … without `Host`. */
  readonly headers: readonly string[];
  /** undefined: answers that send on are given back as they are. */
  readonly redirects?: Redirects | undefined;
  /** Name resolution, connections and redirects up to the head of the last answer, ms. */
  readonly headTimeoutMs: number;
  /** Silence inside the body, ms. */
  readonly stallMs: number;
  /** Gives it up at any time. */
  readonly signal?: AbortSignal | undefined;
}

/** The one who has it must read it to its end, or cancel it. */
export interface OutboundStream {
  readonly status: number;
  /** Flat: name, value … as sent. */
  readonly rawHeaders: readonly string[];
  /** As announced, bytes; undefined where only the end tells. */
  readonly length: number | undefined;
  /** Once. @throws OutboundError timeout, unreachable (also when less comes than was announced), aborted */
  chunks(): AsyncIterable<Buffer>;
  cancel(): void;
}

const SENDS_ON: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** What is meant for one server alone. */
const PERSONAL: ReadonlySet<string> = new Set(['authorization', 'cookie']);

/** @throws OutboundError */
export async function get(wanted: OutboundGet, resolve: Resolve = systemResolve): Promise<OutboundStream> {
  const controller = new AbortController();
  const { signal } = controller;
  const abort = (): void => controller.abort();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    abort();
  }, wanted.headTimeoutMs);
  if (wanted.signal?.aborted === true) abort();
  wanted.signal?.addEventListener('abort', abort, { once: true });
  const forget = (): void => wanted.signal?.removeEventListener('abort', abort);
  try {
    const answer = await unlessAborted(follow(wanted, resolve, signal), signal);
    return streamOf(answer, wanted.stallMs, signal, forget);
  } catch (error) {
    forget();
    abort();
    if (wanted.signal?.aborted === true) throw new OutboundError('aborted', error);
    throw late ? new OutboundError('timeout', error) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** A look-up of a name cannot be given up; it is left alone then. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new OutboundError('aborted'));
    if (signal.aborted) gone();
    signal.addEventListener('abort', gone, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', gone));
  });
}

async function follow(wanted: OutboundGet, resolve: Resolve, signal: AbortSignal): Promise<IncomingMessage> {
  const { redirects, mayConnect } = wanted;
  let { url, path, headers } = wanted;
  for (let sentOn = 0; ; sentOn++) {
    const addresses = await checkedAddresses({ url, mayConnect }, resolve);
    if (signal.aborted) throw new OutboundError('aborted');
    const answer = await send({ method: 'GET', url, path, headers: ['Host', url.host, ...headers], signal }, addresses);
    const { location } = answer.headers;
    if (redirects === undefined || location === undefined || !SENDS_ON.has(answer.statusCode ?? 0)) return answer;
    answer.destroy();
    if (sentOn >= redirects.most) throw new OutboundError('redirects');
    const next = locationOf(location, url, redirects.decode);
    headers = next.origin === url.origin ? redirects.headers : withoutPersonal(redirects.headers);
    url = next;
    path = undefined;
  }
}

function locationOf(location: string, from: URL, decode: boolean): URL {
  let next: URL;
  try {
    next = new URL(decode ? decodeURI(location) : location, from);
  } catch (error) {
    throw new OutboundError('redirects', error);
  }
  if (next.protocol !== 'http:' && next.protocol !== 'https:') throw new OutboundError('redirects');
  return next;
}

function withoutPersonal(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (!PERSONAL.has(headers[i]!.toLowerCase())) kept.push(headers[i]!, headers[i + 1]!);
  }
  return kept;
}

function streamOf(answer: IncomingMessage, stallMs: number, signal: AbortSignal, forget: () => void): OutboundStream {
  const announced = answer.headers['content-length'];
  // Until somebody reads it, a connection that breaks must not count as unhandled.
  answer.on('error', () => undefined);
  answer.on('close', forget);
  return {
    status: answer.statusCode ?? 0,
    rawHeaders: answer.rawHeaders,
    length: announced === undefined ? undefined : Number(announced),
    chunks: () => chunksOf(answer, stallMs, signal),
    cancel: () => answer.destroy(),
  };
}

async function* chunksOf(answer: IncomingMessage, stallMs: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const chunks = (answer as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let late = false;
  try {
    while (true) {
      // Only our waiting counts: a reader may take its time.
      const timer = setTimeout(() => {
        late = true;
        answer.destroy();
      }, stallMs);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done === true) break;
      yield next.value;
    }
    // A body that was destroyed may end as if it were complete.
    if (!answer.complete) throw new Error('the answer ended early');
  } catch (error) {
    throw new OutboundError(late ? 'timeout' : signal.aborted ? 'aborted' : 'unreachable', error);
  } finally {
    answer.destroy();
  }
}
