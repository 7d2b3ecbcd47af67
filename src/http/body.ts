/**
 * A request body on top of node:http. Source: spec/objects.md §2.13, spec/errors.md rows 35 and 64, `IncompleteBody`,
 * `UserNetworkTooSlow`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CosError } from '../errors/cos-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { WireLimits } from './limits.ts';
import type { StallWatch, Watched } from './stall-watch.ts';
import type { BodySource } from './types.ts';

/** What the bodies of one server share. */
export interface BodyShared {
  /** Raises RequestTimeOut for bodies that fall silent. */
  readonly stalls: StallWatch;
  /** Bytes of bodies being read whole. */
  readonly budget: ByteBudget;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly limits: Pick<WireLimits, 'uploadMs'>;
}

const EMPTY = Buffer.alloc(0);
const EMPTY_RESULT: Promise<Buffer> = Promise.resolve(EMPTY);
/** Bytes queued for a slow reader of `chunks` before the socket is paused, and where it goes on. */
const QUEUE_HIGH = 256 * 1024;
const QUEUE_LOW = 64 * 1024;

/** Takes what arrives; exactly one of end and failed is called, once. */
interface Sink {
  data(chunk: Buffer): void;
  end(): void;
  failed(error: CosError): void;
}

export class NodeBody implements BodySource, Watched {
  readonly length: number | undefined;
  readonly unannounced: boolean;
  lastTick = 0;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #shared: BodyShared;
  #awaitsContinue: boolean;
  #sink: Sink | undefined;
  #started = false;
  #received = 0;
  #ended: boolean;
  #endedAtMs: number | undefined;
  #failure: CosError | undefined;
  #budgeted = 0;
  /** Monotonic ms; kept only where the time is limited. */
  #startedMs = 0;

  /**
   * @param length bytes announced; undefined when chunked; 0 without a body
   * @param awaitsContinue the client wants `100 Continue` before it sends
   */
  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    length: number | undefined,
    unannounced: boolean,
    awaitsContinue: boolean,
    shared: BodyShared,
  ) {
    this.#req = req;
    this.#res = res;
    this.length = length;
    this.unannounced = unannounced;
    // Where there is nothing to wait for, the client is told so before it learns of the outcome: some (botocore) read the
    // next answer on the connection wrongly otherwise.
    if (awaitsContinue && length === 0) res.writeContinue();
    this.#awaitsContinue = awaitsContinue && length !== 0;
    this.#shared = shared;
    this.#ended = length === 0;
  }

  /** Every byte of the body has arrived here, or there is none. */
  get consumed(): boolean {
    return this.#ended;
  }

  get receivedBytes(): number {
    return this.#received;
  }

  get endedAtMs(): number | undefined {
    return this.#endedAtMs;
  }

  /** The rest of the body will never be taken. */
  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** The client waits for `100 Continue` and has not been given it. */
  get awaitsContinue(): boolean {
    return this.#awaitsContinue;
  }

  /** Bytes of the announced body that have not been taken; undefined when chunked. */
  get remaining(): number | undefined {
    return this.length === undefined ? undefined : this.length - this.#received;
  }

  readAll(maxBytes: number, tooLarge?: CosError): Promise<Buffer> {
    if (this.length === 0) return EMPTY_RESULT;
    if (this.length !== undefined && this.length > maxBytes) return Promise.reject(tooLarge ?? entityTooLarge());
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      this.#start({
        data: (chunk) => {
          if (this.#received > maxBytes) return this.fail(tooLarge ?? entityTooLarge());
          // A body in one chunk is the packet the socket read anyway; only what piles up counts.
          if (!this.#shared.budget.take(chunk.length)) return this.fail(new CosError('SlowDown', { close: true }));
          this.#budgeted += chunk.length;
          chunks.push(chunk);
        },
        end: () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, this.#received)),
        failed: reject,
      });
    });
  }

  chunks(maxBytes: number, tooLarge?: CosError): AsyncIterable<Buffer> {
    return { [Symbol.asyncIterator]: () => this.#iterate(maxBytes, tooLarge) };
  }

  #iterate(maxBytes: number, tooLarge: CosError | undefined): AsyncIterator<Buffer> {
    const queue: Buffer[] = [];
    let queued = 0;
    let paused = false;
    let failure: CosError | undefined;
    let wake: (() => void) | undefined;
    const rouse = (): void => {
      const waiter = wake;
      wake = undefined;
      waiter?.();
    };
    const sink: Sink = {
      data: (chunk) => {
        if (this.#received > maxBytes) return this.fail(tooLarge ?? entityTooLarge());
        queue.push(chunk);
        queued += chunk.length;
        if (queued >= QUEUE_HIGH && !paused) {
          paused = true;
          this.#req.pause();
          // The reader is slow, not the client.
          this.#shared.stalls.remove(this);
        }
        rouse();
      },
      end: rouse,
      failed: (error) => {
        failure = error;
        rouse();
      },
    };
    const next = async (): Promise<IteratorResult<Buffer>> => {
      if (!this.#started && this.length !== 0) {
        if (this.length !== undefined && this.length > maxBytes) throw tooLarge ?? entityTooLarge();
        this.#start(sink);
      }
      for (;;) {
        // Half an upload is of no use to anybody: a failure overtakes what is queued.
        if (failure !== undefined) throw failure;
        const chunk = queue.shift();
        if (chunk !== undefined) {
          queued -= chunk.length;
          if (paused && queued <= QUEUE_LOW && !this.#ended) {
            paused = false;
            this.#shared.stalls.add(this);
            this.#req.resume();
          }
          return { done: false, value: chunk };
        }
        if (this.#ended) return { done: true, value: undefined };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return {
      next,
      return: async () => {
        queue.length = 0;
        this.#stop();
        if (!this.#ended) this.#req.pause();
        return { done: true, value: undefined };
      },
    };
  }

  /** The body cannot be completed (stall, broken coding, closed connection); later reads fail with the same error. */
  fail(error: CosError): void {
    if (this.#ended || this.#failure !== undefined) return;
    this.#failure = error;
    const sink = this.#sink;
    this.#stop();
    sink?.failed(error);
  }

  onStall(): void {
    this.fail(new CosError('RequestTimeOut', { close: true }));
  }

  /** Called when the request is over: stops reading and gives counted bytes back. */
  release(): void {
    this.#stop();
    this.#shared.budget.give(this.#budgeted);
    this.#budgeted = 0;
  }

  #start(sink: Sink): void {
    if (this.#started) throw new Error('the body of a request can be read only once');
    this.#started = true;
    if (this.#failure !== undefined) {
      sink.failed(this.#failure);
      return;
    }
    this.#sink = sink;
    if (this.#awaitsContinue) {
      this.#awaitsContinue = false;
      this.#res.writeContinue();
    }
    this.#shared.stalls.add(this);
    if (this.#shared.limits.uploadMs > 0) this.#startedMs = this.#shared.clock.monotonicMs();
    // No listener for errors: whoever owns the connection tells a body that it is cut (`fail`).
    this.#req.on('end', () => this.#onEnd());
    this.#req.on('data', (chunk: Buffer) => this.#onData(chunk));
  }

  /** What still arrives is dropped from now on. */
  #stop(): void {
    if (this.#sink === undefined) return;
    this.#sink = undefined;
    this.#shared.stalls.remove(this);
  }

  #onData(chunk: Buffer): void {
    this.#received += chunk.length;
    const sink = this.#sink;
    if (sink !== undefined) {
      this.#shared.stalls.touch(this);
      sink.data(chunk);
    }
    // The last byte is as good as the end event, which comes some turns later.
    if (this.#received === this.length) this.#finish();
  }

  #onEnd(): void {
    if (this.length !== undefined && this.#received !== this.length) this.fail(incompleteBody());
    else this.#finish();
  }

  #finish(): void {
    this.#ended = true;
    this.#endedAtMs = this.#shared.clock.monotonicMs();
    const sink = this.#sink;
    // None is left when the reader has gone, or the last chunk itself was refused.
    if (sink === undefined) return;
    this.#stop();
    if (this.#tookTooLong()) sink.failed(new CosError('UserNetworkTooSlow'));
    else sink.end();
  }

  /** Judged at the end, as the service does: the client has sent all and reads the answer. */
  #tookTooLong(): boolean {
    const { clock, limits } = this.#shared;
    return limits.uploadMs > 0 && clock.monotonicMs() - this.#startedMs > limits.uploadMs;
  }
}

export function incompleteBody(): CosError {
  return new CosError('IncompleteBody', { close: true });
}

function entityTooLarge(): CosError {
  return new CosError('EntityTooLarge');
}
