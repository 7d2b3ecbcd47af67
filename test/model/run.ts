/** Runs a sequence against the server and the reference at once, and compares every answer. */
import { type Answer, differences, WATCHED } from './answer.ts';
import type { Sequence } from './commands.ts';
import { Names, show, type Template } from './names.ts';
import { ReferenceBucket } from './reference/bucket.ts';
import { ModelServer, type Received, type Sent } from './server.ts';
import { type Ask, contentMd5, type Step, Steps } from './step.ts';
import { decoded, parse } from './xml.ts';

/** Requests of one kind that were answered in one way: to see that a run went everywhere. */
export type Tally = Map<string, number>;

/** Servers to go on with: each sequence ends with an empty one, and making one costs as much as many requests. */
const idle: Record<Sequence['profile'], ModelServer[]> = { seed: [], current: [] };
const MOST_SEQUENCES = 100;

/** @throws Error that tells every request up to the one whose answer is wrong */
export async function runSequence(sequence: Sequence, tally: Tally): Promise<void> {
  const { profile } = sequence;
  const server = idle[profile].pop() ?? new ModelServer(profile);
  const run = new Run(profile, server, tally);
  try {
    await run.all(sequence);
    if (server.sequences < MOST_SEQUENCES) idle[profile].push(server);
  } catch (error) {
    const { message, stack } = error as Error;
    const why = error instanceof Difference ? message : stack;
    throw new Error(`profile ${profile}\n${run.log.join('\n')}\n${why}`);
  }
}

class Difference extends Error {}

class Run {
  readonly log: string[] = [];
  readonly #server: ModelServer;
  readonly #names = new Names();
  readonly #tally: Tally;
  #bucket: ReferenceBucket;
  #steps: Steps;

  constructor(profile: Sequence['profile'], server: ModelServer, tally: Tally) {
    this.#server = server;
    this.#tally = tally;
    this.#bucket = new ReferenceBucket(profile);
    this.#steps = new Steps(this.#bucket, this.#names);
  }

  async all({ commands, profile }: Sequence): Promise<void> {
    this.#bucket.nowMs = this.#server.begin();
    const before = await this.#server.rows();
    await this.#makeBucket();
    for (const command of commands) {
      if (command.op === 'wait') {
        this.#bucket.nowMs += command.ms;
        this.#server.set(this.#bucket.nowMs);
        this.log.push(`      ${command.ms} ms pass`);
      } else if (command.op === 'reap') {
        await this.#server.reap();
        this.log.push('      due deletions are carried out');
      } else {
        for (let step: Step | undefined = this.#steps.of(command); step !== undefined; step = step.next?.()) {
          const { status } = await this.#do(step, command.op);
          if (command.op === 'delete-bucket' && status === 204) await this.#startAgain(profile);
        }
      }
    }
    await this.#look();
    await this.#audit();
    await this.#clear();
    const bodies = await this.#audit();
    const rows = (await this.#server.rows()) - before;
    if (bodies + rows > 0)
      throw new Difference(`      ${bodies} bodies and ${rows} rows are left of a bucket that is gone`);
  }

  async #makeBucket(): Promise<void> {
    const ask = { method: 'PUT', key: '', params: [], headers: {}, body: '' };
    await this.#do({ ask, expect: () => ({ status: 200, headers: {} }) }, 'put-bucket');
  }

  /** A bucket of the same name that knows nothing of the one before. */
  async #startAgain(profile: Sequence['profile']): Promise<void> {
    const { nowMs } = this.#bucket;
    this.#bucket = new ReferenceBucket(profile, this.#bucket);
    this.#bucket.nowMs = nowMs;
    this.#steps = new Steps(this.#bucket, this.#names);
    await this.#makeBucket();
  }

  async #do({ ask, expect }: Step, op: string): Promise<Answer> {
    const sent = this.#render(ask);
    const expected = this.#bucket.answer(ask.method, expect);
    this.log.push(`${String(this.log.length + 1).padStart(4)}  ${describe(ask)}`);
    const actual = answerOf(sent, await this.#server.send(sent));
    this.log[this.log.length - 1] += ` -> ${actual.status} ${actual.code ?? ''}`.trimEnd();
    const found = differences(expected, actual, this.#names);
    if (found.length > 0) throw new Difference(found.map((line) => `      ${line}`).join('\n'));
    const kind = `${op} ${expected.status} ${expected.code ?? ''}`.trimEnd();
    this.#tally.set(kind, (this.#tally.get(kind) ?? 0) + 1);
    return actual;
  }

  #render({ method, key, params, headers, body, digest }: Ask): Sent {
    const render = (template: Template): string => this.#names.render(template);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(render(body));
    const rendered: Record<string, string> = digest ? { 'content-md5': contentMd5(bytes) } : {};
    for (const [name, value] of Object.entries(headers)) rendered[name] = render(value);
    const query = params.map(([name, value]) => `${name}=${encodeURIComponent(render(value))}`).join('&');
    return { method, key, query, headers: rendered, body: bytes };
  }

  /** At the end everything is read once more: all listings, and every version's bytes. */
  async #look(): Promise<void> {
    const query = { prefix: '', delimiter: '', marker: '', id: undefined, max: undefined, encoded: false, walk: true };
    for (const what of ['objects', 'versions', 'uploads'] as const) {
      await this.#do(this.#steps.of({ op: 'list', what, query }), 'list');
    }
    const read = { op: 'read', method: 'GET', range: undefined, conditions: {} } as const;
    for (const [key, versions] of this.#bucket.objects) {
      await this.#do(this.#steps.of({ ...read, key, version: 'none' }), 'read');
      if (this.#bucket.versioning === 'unset') continue;
      for (const { id } of versions) await this.#do(this.#steps.readById(key, id), 'read');
    }
  }

  /** Takes everything away, object by object. */
  async #clear(): Promise<void> {
    for (const { key, id } of this.#bucket.uploads) await this.#do(this.#steps.abortById(key, id), 'abort');
    for (const [key, versions] of [...this.#bucket.objects]) {
      for (const { id } of versions) await this.#do(this.#steps.deleteById(key, id), 'delete');
    }
    await this.#do(this.#steps.of({ op: 'delete-bucket' }), 'delete-bucket');
  }

  /** Nothing may be stored that nothing needs, nor the other way round. @returns bodies of objects */
  async #audit(): Promise<number> {
    const { missing, leftOver, orphans, referencedBlobs } = await this.#server.audit();
    if (missing + leftOver + orphans === 0) return referencedBlobs;
    throw new Difference(`      bodies: ${missing} are missing, ${leftOver} left over, ${orphans} without a row`);
  }
}

function describe({ method, key, params, headers, body }: Ask): string {
  const query = params.map(([name, value]) => (value === '' ? name : `${name}=${show(value)}`)).join('&');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${show(value)}`);
  const content = Buffer.isBuffer(body) ? `${body.length} bytes` : show(body);
  return [
    `${method} /${key}${query === '' ? '' : `?${query}`}`,
    ...(lines.length === 0 ? [] : [`[${lines.join('; ')}]`]),
    ...(content === '' ? [] : [content]),
  ].join('  ');
}

function answerOf({ method, query }: Sent, { status, headers: flat, contentLength, bytes }: Received): Answer {
  const headers: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!.toLowerCase();
    if (WATCHED.has(name)) headers[name] = flat[i + 1]!;
  }
  const isXml = headers['content-type'] === 'application/xml';
  if (isXml) delete headers['content-type'];
  if (status === 304) {
    // What else stands in such an answer is free.
    const { etag, 'x-cos-hash-crc64ecma': crc } = headers;
    return { status, headers: { ...(etag && { etag }), ...(crc && { 'x-cos-hash-crc64ecma': crc }) } };
  }
  if (!isXml || method === 'HEAD') {
    if (contentLength !== undefined) headers['content-length'] = String(contentLength);
    else if (method === 'GET') headers['content-length'] = String(bytes.length);
    const body = method === 'GET' || bytes.length > 0 ? { body: bytes.toString('latin1') } : {};
    return { status, headers, ...body };
  }
  const [root, content] = parse(bytes.toString());
  if (root === 'Error') {
    const code = (content as [string, string][]).find(([name]) => name === 'Code')?.[1];
    return { status, headers, code };
  }
  return { status, headers, xml: query.includes('encoding-type=url') ? decoded(content) : content };
}
