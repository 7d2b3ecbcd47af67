/** Speaks to the admin API of the running server: signs with the first account's key, and says clearly what is wrong. */
import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { findFirstAccount } from '../access/key-file.ts';
import { authorization } from '../cos/signature/sign.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { AdminClientError } from './admin-client-error.ts';
import { readReadyFile } from './env/facts.ts';

export { AdminClientError };

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly secretId: string;
  readonly secretKey: string;
}

export interface Call {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Segments below `/_cosette/admin/v1/`, decoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** A signature is good for so long, s. */
const SIGNED_S = 300;
/** An answer that does not come in this time never will, ms. */
const TIMEOUT_MS = 30_000;
const MAX_ANSWER = 16 * 1024 * 1024;
const BODY_HASH = 'x-cosette-content-sha256';
/** What a server says whose clock is not ours. */
const CLOCK_CODES: ReadonlySet<string> = new Set(['RequestTimeTooSkewed', 'AccessDenied']);

/**
 * Where the server is, and the key to sign with.
 * @throws AdminClientError; as `readReadyFile` and `findFirstAccount`
 */
export async function endpointOf(config: ServerConfig, readyFile: string | undefined): Promise<Endpoint> {
  const ready = readyFile === undefined ? undefined : await readReadyFile(readyFile);
  const dataDir = ready?.dataDir ?? config.data;
  const account = await findFirstAccount(dataDir, config.account);
  if (account === undefined) {
    throw new AdminClientError(
      `there is no key pair in ${dataDir}: name the folder of the server with --data, or set COSETTE_SECRET_ID and COSETTE_SECRET_KEY`,
    );
  }
  const { host, port } = ready?.addresses?.[0] ?? { host: config.host[0] ?? '127.0.0.1', port: config.port };
  if (port === 0) {
    throw new AdminClientError(
      'port 0 is no address: name the port with --port, or the file of serve with --ready-file',
    );
  }
  const { secretId, secretKey } = account;
  return { host: reachable(host), port, secretId, secretKey };
}

/** An address to listen on as a client on this machine can use it. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * @returns the JSON of the answer; undefined where it has none
 * @throws AdminClientError when nobody answers, or the server refuses
 */
export async function callAdmin(endpoint: Endpoint, call: Call, clock: Clock = systemClock): Promise<unknown> {
  const answer = await answerOf(endpoint, await send(endpoint, call, clock));
  if (answer.status === 204) return undefined;
  if (answer.status >= 200 && answer.status < 300) return parsed(answer.text);
  throw refusal(endpoint, answer);
}

/**
 * For answers that are no JSON but bytes, any number of them.
 * @returns the body as it comes; ending early ends the request
 * @throws as `callAdmin`; so does reading on when the connection breaks
 */
export async function streamAdmin(
  endpoint: Endpoint,
  call: Call,
  clock: Clock = systemClock,
): Promise<AsyncIterable<Buffer>> {
  const response = await send(endpoint, call, clock);
  if (response.statusCode === 200) return response;
  throw refusal(endpoint, await answerOf(endpoint, response));
}

function refusal(endpoint: Endpoint, answer: Answer): AdminClientError {
  const error = errorIn(answer);
  if (typeof error?.message !== 'string') {
    return new AdminClientError(`${place(endpoint)} answers ${answer.status}, but not as a cosette server`);
  }
  return new AdminClientError(error.message, String(error.code));
}

function errorIn({ text }: Answer): { readonly code?: unknown; readonly message?: unknown } | undefined {
  return (parsed(text) as { error?: { code?: unknown; message?: unknown } } | undefined)?.error;
}

/** Signs and sends; once more by the time of the server, where that is why it refused. */
async function send(endpoint: Endpoint, call: Call, clock: Clock): Promise<IncomingMessage> {
  const nowMs = clock.nowMs();
  const response = await sendAt(endpoint, call, nowMs);
  // A server may run on a clock of its own, as the test profile does: it says what time it is.
  const dateMs = dateOf(response);
  if (response.statusCode !== 403 || !(Math.abs(dateMs - nowMs) > (SIGNED_S / 2) * 1_000)) return response;
  const answer = await answerOf(endpoint, response);
  if (!CLOCK_CODES.has(String(errorIn(answer)?.code))) throw refusal(endpoint, answer);
  return sendAt(endpoint, call, dateMs);
}

/** Of its Date header, ms; NaN without one. */
const dateOf = (response: IncomingMessage): number => Date.parse(response.headers.date ?? '');

function answerOf(endpoint: Endpoint, response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_ANSWER) response.destroy(new Error('the answer is too long'));
      else chunks.push(chunk);
    });
    response.on('error', (error) => reject(unreachable(endpoint, error)));
    response.on('end', () =>
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
    );
  });
}

function sendAt(endpoint: Endpoint, call: Call, nowMs: number): Promise<IncomingMessage> {
  const { method, path, query = {}, body } = call;
  const { host, port, secretId, secretKey } = endpoint;
  const params = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const search = params.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  const target = `/_cosette/admin/v1/${path.map(encodeURIComponent).join('/')}`;
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  // An address as Host always means the server itself, whatever name it was reached by.
  const headers: [string, string][] = [['host', `127.0.0.1:${port}`]];
  if (payload !== undefined) headers.push([BODY_HASH, createHash('sha256').update(payload).digest('hex')]);
  const from = Math.floor(nowMs / 1_000) - 5;
  const signed = { secretId, secretKey, method, params, headers, from, to: from + SIGNED_S };
  const all = {
    ...Object.fromEntries(headers),
    authorization: authorization({ ...signed, path: decodeURIComponent(target) }),
    'content-length': String(payload?.length ?? 0),
  };
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path: search === '' ? target : `${target}?${search}`, headers: all };
    const request = httpRequest({ ...options, agent: false, timeout: TIMEOUT_MS }, resolve);
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)));
    request.on('error', (error) => reject(unreachable(endpoint, error)));
    request.end(payload);
  });
}

function unreachable(endpoint: Endpoint, error: Error): AdminClientError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    return new AdminClientError(
      `no server answers at ${place(endpoint)}: start it with \`cosette serve\`, or say where it is with --host and --port, or --ready-file`,
    );
  }
  return new AdminClientError(`no answer from ${place(endpoint)}: ${error.message}`);
}

function place({ host, port }: Endpoint): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All pages of a list. @param name of the list in the answer */
export async function listAll(
  endpoint: Endpoint,
  path: readonly string[],
  name: string,
  query: Call['query'] = {},
): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  let marker: string | undefined;
  do {
    const answer = await callAdmin(endpoint, { method: 'GET', path, query: { ...query, limit: '1000', marker } });
    const page = answer as Record<string, unknown>;
    all.push(...(page[name] as Record<string, unknown>[]));
    marker = page['nextMarker'] as string | undefined;
  } while (marker !== undefined);
  return all;
}
