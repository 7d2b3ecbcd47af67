/** Remembers the latest requests for assertions: what was called, without what must stay secret. */
import type { AccessNote } from '../cos/access-note.ts';
import type { WireRequest } from '../http/types.ts';
import type { RecordedRequest, RequestFilter } from './types.ts';

const MOST = 100_000;
const MAX_TEXT = 1_024;
const MAX_HEADERS = 64;
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  ...['cos', 'amz'].flatMap((protocol) => [
    `x-${protocol}-security-token`,
    `x-${protocol}-server-side-encryption-customer-key`,
    `x-${protocol}-copy-source-server-side-encryption-customer-key`,
  ]),
]);
const SECRET_PARAMETERS =
  /^(?:q-.*|sign|x-(?:cos|amz)-security-token|x-(?:cos|amz)-.*customer-key|x-amz-(?:credential|signature)|awsaccesskeyid|signature)$/i;

export class RequestLog {
  readonly #limit: number;
  /** Oldest first; up to twice the limit, so that old ones go in one step. */
  #requests: RecordedRequest[] = [];

  /** @param limit requests, 0 to 100,000 @throws RangeError */
  constructor(limit = 1_000) {
    if (!Number.isInteger(limit) || limit < 0 || limit > MOST) {
      throw new RangeError(`rememberRequests is a number from 0 to ${MOST}, not ${limit}`);
    }
    this.#limit = limit;
  }

  add(request: WireRequest, status: number, bytes: number, ms: number): void {
    if (this.#limit === 0) return;
    this.#requests.push(recordOf(request, status, bytes, ms));
    if (this.#requests.length >= 2 * this.#limit) this.#requests = this.#requests.slice(-this.#limit);
  }

  list(filter: RequestFilter = {}): RecordedRequest[] {
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    return this.#requests
      .slice(-this.#limit)
      .filter((request) => wanted.every(([name, value]) => request[name as keyof RequestFilter] === value));
  }

  clear(): void {
    this.#requests = [];
  }
}

function recordOf(request: WireRequest, status: number, bytes: number, ms: number): RecordedRequest {
  const { operation, bucket, key, secretId, code, fault } = (request.note ?? {}) as AccessNote;
  return {
    requestId: request.requestId,
    at: new Date(request.receivedAtMs),
    method: cut(request.method),
    ...(operation === undefined ? {} : { operation }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(key === undefined ? {} : { key: cut(key) }),
    path: cut(request.rawPath),
    query: queryOf(request.rawQuery),
    headers: headersOf(request.rawHeaders),
    ...(secretId === undefined ? {} : { secretId }),
    status,
    ...(code === undefined ? {} : { code }),
    ...(fault === undefined || fault.ids === '' ? {} : { fault: fault.ids }),
    bytes,
    ms,
  };
}

function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length && headers.length < MAX_HEADERS; at += 2) {
    const name = raw[at]!.toLowerCase();
    if (!SECRET_HEADERS.has(name)) headers.push([name, cut(raw[at + 1]!)]);
  }
  return Object.fromEntries(headers);
}

function queryOf(raw: string): Record<string, string> {
  const entries = [...new URLSearchParams(raw)].filter(([name]) => !SECRET_PARAMETERS.test(name));
  return Object.fromEntries(entries.slice(0, MAX_HEADERS).map(([name, value]) => [name, cut(value)]));
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
