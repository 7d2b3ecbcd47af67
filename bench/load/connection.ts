/** One client: sends a request, waits for its answer, sends the next. */
import { connect, type Socket } from 'node:net';
import { bodyOf, type Job } from './job.ts';
import { ResponseParser } from './response-parser.ts';

export interface ClientEvents {
  /** The next head, or undefined: stop. */
  next(): Buffer | undefined;
  /** An answer came. @param wrong what is wrong with it */
  done(ms: number, bytes: number, sampled: boolean, wrong: string | undefined): void;
  /** No further request will be sent. */
  idle(): void;
  failed(error: Error): void;
}

/** Bodies up to this size go out in one piece with their head. */
const ONE_PIECE = 64 * 1024;
const HEAD_ROOM = 2_048;
/** Every answer of this rank is compared byte for byte; all are counted and their status is checked. */
const SAMPLE = 32;
/** Of a wrong answer. */
const EXCERPT = 300;

export class Client {
  readonly #job: Job;
  readonly #events: ClientEvents;
  readonly #socket: Socket;
  readonly #parser: ResponseParser;
  /** Body to send, or the one to expect. */
  readonly #body: Buffer;
  /** Head and body together: the head is copied right before the body. */
  readonly #frame: Buffer | undefined;
  #sentAt = 0;
  #count = 0;
  #sampled = false;
  #differs = false;
  #text = '';

  constructor(job: Job, events: ClientEvents) {
    this.#job = job;
    this.#events = events;
    const { method, bytes = 0, target } = job;
    this.#body = method === 'PUT' || method === 'GET' ? bodyOf(bytes) : Buffer.alloc(0);
    if (method === 'PUT' && bytes <= ONE_PIECE) {
      this.#frame = Buffer.concat([Buffer.alloc(HEAD_ROOM), this.#body]);
    }
    this.#parser = new ResponseParser({
      onBody: (piece, at, status) => this.#onBody(piece, at, status),
      onEnd: (status, length) => this.#onEnd(status, length),
    });
    this.#parser.bodiless = method === 'HEAD';
    this.#socket = connect({ port: target.port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        this.#parser.push(chunk);
      } catch (error) {
        this.#fail(error as Error);
      }
    });
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('end', () => this.#fail(new Error('the server closed a kept connection')));
  }

  /** Sends the next request, if there is one. */
  start(): void {
    const head = this.#events.next();
    if (head === undefined) {
      this.#events.idle();
      return;
    }
    this.#sampled = this.#count % SAMPLE === 0;
    this.#count += 1;
    this.#sentAt = performance.now();
    if (this.#frame !== undefined) {
      const at = HEAD_ROOM - head.length;
      head.copy(this.#frame, at);
      this.#socket.write(this.#frame.subarray(at));
    } else if (this.#job.method === 'PUT') {
      this.#socket.cork();
      this.#socket.write(head);
      this.#socket.write(this.#body);
      this.#socket.uncork();
    } else {
      this.#socket.write(head);
    }
  }

  close(): void {
    this.#socket.removeAllListeners('end');
    this.#socket.destroy();
  }

  #onBody(piece: Buffer, at: number, status: number): void {
    const { method, bytes, sample, status: expected } = this.#job;
    if (status !== expected) {
      if (this.#text.length < EXCERPT) this.#text += piece.toString('latin1', 0, EXCERPT);
      return;
    }
    if (!this.#sampled) return;
    if (sample !== undefined) this.#text += piece.toString('latin1');
    if (method === 'GET' && bytes !== undefined && !this.#differs) {
      this.#differs = at + piece.length > bytes || piece.compare(this.#body, at, at + piece.length) !== 0;
    }
  }

  #onEnd(status: number, length: number): void {
    const ms = performance.now() - this.#sentAt;
    const { method, bytes, status: expected } = this.#job;
    let wrong: string | undefined;
    if (status !== expected) wrong = `status ${status}: ${this.#text.slice(0, EXCERPT)}`;
    else if (method === 'GET' && bytes !== undefined && length !== bytes) wrong = `${length} bytes instead of ${bytes}`;
    else if (this.#differs) wrong = 'a body that differs';
    else if (this.#sampled) wrong = this.#judgeText();
    this.#text = '';
    this.#differs = false;
    this.#events.done(ms, method === 'PUT' ? (bytes ?? 0) : length, this.#sampled, wrong);
    this.start();
  }

  #judgeText(): string | undefined {
    const { sample } = this.#job;
    if (sample === undefined) return undefined;
    const times = this.#text.split(sample.text).length - 1;
    return times === sample.times ? undefined : `${times} × ${sample.text} instead of ${sample.times}`;
  }

  #fail(error: Error): void {
    this.close();
    this.#events.failed(error);
  }
}
