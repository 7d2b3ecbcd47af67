/** Heads of requests, made and signed before the clock runs. */
import { createHash } from 'node:crypto';
import { authorization } from '../../src/cos/signature/sign.ts';
import { bodyOf, type Job, keyAt } from './job.ts';
import { v4Headers } from './sign-v4.ts';

/** Signatures are valid from a minute ago for a day. */
const VALID_SECONDS = 86_400;

export class RequestSource {
  readonly #job: Job;
  readonly #heads: Buffer[] = [];
  /** Of the body, as Signature Version 4 wants it. */
  readonly #payload: string;
  readonly #from = Math.floor(Date.now() / 1000) - 60;
  /** Number of the next key. */
  #next = 0;
  /** Number of the first key in `#heads`. */
  #first = 0;

  constructor(job: Job) {
    this.#job = job;
    const body = job.method === 'PUT' ? bodyOf(job.bytes ?? 0) : Buffer.alloc(0);
    this.#payload = job.signing === 's3-signed' ? createHash('sha256').update(body).digest('hex') : 'UNSIGNED-PAYLOAD';
    if (job.order === 'around') {
      for (let number = 0; number < job.keys.count; number++) this.#heads.push(this.#head(number));
      shuffle(this.#heads);
    }
  }

  /** Makes sure that so many requests are there, or all that are left. */
  prepare(count: number): void {
    if (this.#job.order === 'around') return;
    this.#heads.splice(0, this.#next - this.#first);
    this.#first = this.#next;
    const end = Math.min(this.#job.keys.count, this.#next + count);
    for (let number = this.#first + this.#heads.length; number < end; number++) this.#heads.push(this.#head(number));
  }

  /** The next head; undefined when none is prepared. */
  take(): Buffer | undefined {
    if (this.#job.order === 'around') {
      const head = this.#heads[this.#next]!;
      this.#next = this.#next + 1 === this.#heads.length ? 0 : this.#next + 1;
      return head;
    }
    const head = this.#heads[this.#next - this.#first];
    if (head !== undefined) this.#next += 1;
    return head;
  }

  get used(): number {
    return this.#next;
  }

  #head(number: number): Buffer {
    const { target, method, keys, bytes, params, signing = 'cos' } = this.#job;
    const { host, credentials } = target;
    const path = params === undefined ? `/${keyAt(keys, number)}` : '/';
    const query = (params ?? []).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    const length = method === 'PUT' ? `Content-Length: ${bytes ?? 0}\r\n` : '';
    let line: string;
    let signature = '';
    if (credentials === undefined) {
      line = `/${bytes ?? 0}${path}`;
    } else if (signing !== 'cos') {
      line = path;
      signature = v4Headers({ ...credentials, method, host, path, payload: this.#payload, atMs: Date.now() });
    } else {
      line = query === '' ? path : `${path}?${query}`;
      const headers: [string, string][] = [['host', host]];
      if (method === 'PUT') headers.unshift(['content-length', String(bytes ?? 0)]);
      const from = this.#from;
      const to = from + VALID_SECONDS;
      const sorted = [...(params ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      signature = `Authorization: ${authorization({ ...credentials, method, path, params: sorted, headers, from, to })}\r\n`;
    }
    return Buffer.from(`${method} ${line} HTTP/1.1\r\nHost: ${host}\r\n${length}${signature}\r\n`, 'latin1');
  }
}

/** The same order every time. */
function shuffle(items: Buffer[]): void {
  let x = 12345;
  for (let at = items.length - 1; at > 0; at--) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const other = x % (at + 1);
    [items[at], items[other]] = [items[other]!, items[at]!];
  }
}
