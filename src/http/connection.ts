/**
 * One client connection: its requests in turn, their answers, and what happens to it when something is wrong.
 *
 * Pipelined requests run one after another, so that a client that sends PUT and GET in one go reads what it wrote.
 * After an early answer the rest of a body is read and dropped within bounds: a connection that is closed over unread
 * bytes resets, and the client never sees the answer (spec/objects.md §13.4).
 */
import type { Socket } from 'node:net';
import { CosError } from '../errors/cos-error.ts';
import type { Clock } from '../platform/clock.ts';
import { type BodyShared, incompleteBody } from './body.ts';
import type { BufferPool } from './buffer-pool.ts';
import { discard, discardBlocks } from './discard.ts';
import { CutShort, cutBlocks, cutPayload, cutStream, hold, reset } from './disturbance.ts';
import type { Exchange } from './exchange.ts';
import { bodyFault, faultedMethod, headFault, isParserCode, type ParserError } from './faults.ts';
import type { WireLimits } from './limits.ts';
import { acquireBlocks, releaseBlocks, sendRandomAccess } from './random-access.ts';
import { bodyLength, buildHead, isBodiless, isRandomAccess, isStream, rawReply } from './reply.ts';
import type { StallWatch } from './stall-watch.ts';
import { sendStream } from './stream-body.ts';
import type { Turn, Turned } from './turn.ts';
import type { RandomAccessBody, StreamBody, WireHandler, WireReply, WireRequest } from './types.ts';
import { WriteStall } from './write-stall.ts';

/** What is known about a request that never reached the handler. */
export interface FaultContext {
  readonly requestId: string;
  /** '' when unknown */
  readonly host: string;
  /** `/` when unknown */
  readonly rawPath: string;
}

/** What the connections of one server share. */
export interface ConnectionShared extends BodyShared {
  readonly handler: WireHandler;
  readonly renderParserError: (error: CosError, context: FaultContext) => WireReply;
  readonly clock: Clock;
  readonly newRequestId: () => string;
  readonly serverName: string;
  readonly limits: WireLimits;
  readonly pool: BufferPool;
  readonly writes: StallWatch;
  readonly turn: Turn;
  readonly onFinished: ((request: WireRequest, status: number, bytesSent: number, ms: number) => void) | undefined;
  readonly onFault: ((error: CosError, context: FaultContext, remoteAddress: string) => void) | undefined;
  readonly onHandlerError: (error: unknown, request: WireRequest) => void;
  closing: boolean;
}

/** Bodies up to here go out in one write with their head; copying more costs more than a second buffer in the write. */
const ONE_WRITE_BYTES = 12 * 1024;

export class Connection implements Turned {
  readonly socket: Socket;
  /** It came through TLS. */
  readonly secure: boolean;
  readonly #shared: ConnectionShared;
  readonly #queue: Exchange[] = [];
  #active: Exchange | undefined;
  #latest: Exchange | undefined;
  /** A head behind the running requests that could not be parsed: answered once they are. */
  #fault: CosError | undefined;
  #faultHost = '';
  #faultMethod = 'GET';
  /** An answer waits for its time. */
  #held = false;
  /** No further request of this connection is answered. */
  #last = false;
  /** The answer is out; what still comes is dropped until this many bytes were read in all. */
  #drainLimit = 0;

  constructor(socket: Socket, shared: ConnectionShared) {
    this.socket = socket;
    this.secure = (socket as { encrypted?: boolean }).encrypted === true;
    this.#shared = shared;
  }

  /** A request whose head is complete. */
  accept(exchange: Exchange): void {
    if (this.#last) return;
    this.#latest = exchange;
    if (this.#active === undefined) this.#start(exchange);
    else if (this.#queue.length >= this.#shared.limits.pipelined) this.socket.destroy();
    else this.#queue.push(exchange);
  }

  /** The parser or the socket reports an error (`clientError`). May come again for every packet that follows. */
  parserError(error: ParserError): void {
    const { socket } = this;
    if (this.#drainLimit > 0) {
      if (error.code === 'HPE_INVALID_EOF_STATE' || socket.bytesRead > this.#drainLimit) socket.destroy();
      return;
    }
    const latest = this.#latest;
    if (latest !== undefined && !latest.req.complete) {
      this.#last = true;
      latest.body.fail(bodyFault(error));
      // Answered already, or nobody is there to read the answer.
      if (this.#active === undefined || !socket.writable) socket.destroy();
      return;
    }
    if (!socket.writable || socket.bytesRead === 0 || !isParserCode(error.code)) {
      socket.destroy();
    } else if (this.#fault === undefined && !this.#last) {
      this.#fault = headFault(error);
      this.#faultMethod = faultedMethod(error);
      if (this.#active === undefined) this.#answerFault();
    }
  }

  /** Nothing has been asked on it yet. */
  get fresh(): boolean {
    return this.#latest === undefined && !this.#last;
  }

  /** A CONNECT, which node hands over as a bare socket. @param host as the client wrote it; '' when that is no name */
  refuse(error: CosError, host = ''): void {
    this.#fault = error;
    this.#faultHost = host;
    // Behind a running request its answer would stand in the midst of another.
    if (this.#active === undefined) this.#answerFault();
    else this.socket.destroy();
  }

  /** The socket is gone, by whomever. */
  closed(): void {
    this.#latest?.body.fail(incompleteBody());
  }

  /** Closes now when idle or held back; a running request still gets its answer, with `Connection: close`. */
  shutdown(): void {
    if (this.#held || (this.#active === undefined && this.#drainLimit === 0)) this.socket.destroy();
  }

  #start(exchange: Exchange): void {
    this.#active = exchange;
    this.#shared.turn.add(this);
  }

  /** Hands the active request to the handler; called by the turn. */
  run(): void {
    const exchange = this.#active!;
    let result: WireReply | Promise<WireReply>;
    try {
      result = exchange.fault === undefined ? this.#shared.handler(exchange) : this.#render(exchange.fault, exchange);
    } catch (error) {
      this.#crashed(exchange, error);
      return;
    }
    if (result instanceof Promise) {
      result.then(
        (reply) => this.#answer(exchange, reply),
        (error: unknown) => this.#crashed(exchange, error),
      );
    } else this.#answer(exchange, result);
  }

  /** Sends the reply when its time has come. */
  #answer(exchange: Exchange, reply: WireReply): void {
    if (reply.delayMs === undefined) {
      this.#send(exchange, reply);
      return;
    }
    this.#held = true;
    void hold(this.socket, reply.delayMs).then(() => {
      this.#held = false;
      this.#send(exchange, reply);
    });
  }

  #render(error: CosError, context: FaultContext): WireReply {
    this.#shared.onFault?.(error, context, this.socket.remoteAddress ?? '');
    return this.#shared.renderParserError(error, context);
  }

  /** The handler broke its contract. */
  #crashed(exchange: Exchange, error: unknown): void {
    this.#shared.onHandlerError(error, exchange);
    this.#send(exchange, this.#render(new CosError('InternalError', { cause: error, close: true }), exchange));
  }

  #send(exchange: Exchange, reply: WireReply): void {
    const { body } = reply;
    if (reply.reset === true && !this.socket.destroyed) {
      this.#takeNoMore();
      reset(this.socket);
    }
    if (this.socket.destroyed) {
      discard(body);
      this.#finished(exchange, reply.status);
      return;
    }
    const bodiless = isBodiless(exchange.method, reply.status);
    if (typeof body === 'object' && !Buffer.isBuffer(body)) {
      if (!bodiless && isStream(body)) return void this.#sendStream(exchange, reply, body);
      if (!bodiless && isRandomAccess(body) && body.length > 0) return void this.#sendBlocks(exchange, reply, body);
      discard(body);
    }
    if (!this.#writeHead(exchange, reply)) return;
    const small = typeof body === 'string' || Buffer.isBuffer(body);
    const whole = bodiless || !small || body.length === 0 ? undefined : body;
    const payload = reply.cutAfter === undefined ? whole : cutPayload(whole, reply.cutAfter);
    if (payload !== whole) this.#takeNoMore();
    exchange.bytesSent = bodyLength(payload);
    if (!exchange.body.consumed && this.#last) this.#lingerAfter(exchange, reply.status, payload);
    else this.#end(exchange, reply.status, payload);
    if (payload !== whole) this.socket.destroySoon();
  }

  #takeNoMore(): void {
    this.#last = true;
    this.#queue.length = 0;
  }

  #end(exchange: Exchange, status: number, payload: Buffer | string | undefined): void {
    if (payload === undefined) exchange.res.end();
    else if (exchange.bytesSent > ONE_WRITE_BYTES)
      exchange.res.end(typeof payload === 'string' ? Buffer.from(payload) : payload);
    else exchange.res.end(latin1(payload, exchange.bytesSent), 'latin1');
    if (!exchange.body.consumed) this.#drain(exchange);
    if (this.socket.writableLength === 0) this.#finished(exchange, status);
    else this.#finishLater(exchange, status);
  }

  /** False when the head could not be written; the exchange has then been taken care of. */
  #writeHead(exchange: Exchange, reply: WireReply): boolean {
    const { res } = exchange;
    const keepAlive = res.shouldKeepAlive && reply.close !== true && !this.#last && this.#reusableAfter(exchange);
    if (!keepAlive) this.#takeNoMore();
    const shared = this.#shared;
    const nowMs = shared.clock.nowMs();
    const extras = { serverName: shared.serverName, nowMs, requestId: exchange.requestId, keepAlive };
    try {
      res.writeHead(reply.status, buildHead(exchange.method, reply, extras));
      return true;
    } catch (error) {
      // A header that HTTP cannot carry. The rendered fault has none, unless it is broken too.
      discard(reply.body);
      if (reply.status === 500) {
        shared.onHandlerError(error, exchange);
        this.socket.destroy();
        this.#finished(exchange, reply.status);
      } else this.#crashed(exchange, error);
      return false;
    }
  }

  /** Whether the next request can follow: the rest of the body, if any, is small and on its way. */
  #reusableAfter(exchange: Exchange): boolean {
    const { body } = exchange;
    if (this.#shared.closing || body.failed) return false;
    if (body.consumed) return true;
    return !body.awaitsContinue && body.remaining !== undefined && body.remaining <= this.#shared.limits.drainBytes;
  }

  async #sendBlocks(exchange: Exchange, reply: WireReply, body: RandomAccessBody): Promise<void> {
    const { pool, writes } = this.#shared;
    const { socket } = this;
    let blocks: Buffer[];
    try {
      const acquired = acquireBlocks(body, pool);
      blocks = Array.isArray(acquired) ? acquired : await acquired;
    } catch (error) {
      discardBlocks(body);
      const fault = error instanceof CosError ? error : new CosError('InternalError', { cause: error });
      return this.#send(exchange, this.#render(fault, exchange));
    }
    if (socket.destroyed) {
      releaseBlocks(body, blocks, pool);
      return this.#send(exchange, reply);
    }
    if (!this.#writeHead(exchange, reply)) return releaseBlocks(body, blocks, pool);
    const cut = reply.cutAfter === undefined ? body : cutBlocks(body, reply.cutAfter);
    if (cut !== body) this.#takeNoMore();
    const stall = new WriteStall(socket);
    writes.add(stall);
    try {
      await sendRandomAccess(exchange.res, cut, blocks, {
        sent: (bytes) => {
          exchange.bytesSent += bytes;
          writes.touch(stall);
        },
      });
      if (cut !== body) socket.destroySoon();
    } catch (error) {
      // Never more or fewer bytes than announced: the client must see that this is not the whole.
      const gone = socket.destroyed || !socket.writable;
      socket.destroy();
      if (!gone) this.#shared.onHandlerError(error, exchange);
    }
    writes.remove(stall);
    releaseBlocks(body, blocks, pool);
    discardBlocks(body);
    this.#finished(exchange, reply.status);
  }

  async #sendStream(exchange: Exchange, reply: WireReply, body: StreamBody): Promise<void> {
    const { writes } = this.#shared;
    const { socket } = this;
    if (!this.#writeHead(exchange, reply)) return;
    const stall = new WriteStall(socket);
    try {
      await sendStream(exchange.res, reply.cutAfter === undefined ? body : cutStream(body, reply.cutAfter), {
        sending: () => writes.add(stall),
        sent: (bytes) => {
          exchange.bytesSent += bytes;
          writes.remove(stall);
        },
      });
    } catch (error) {
      const gone = socket.destroyed || !socket.writable;
      this.#takeNoMore();
      socket.destroy();
      if (!gone && !(error instanceof CutShort)) this.#shared.onHandlerError(error, exchange);
    }
    writes.remove(stall);
    if (!exchange.body.consumed) this.#drain(exchange);
    this.#finished(exchange, reply.status);
  }

  /** The client is slow to take a small answer: wait for it, but not for ever. */
  #finishLater(exchange: Exchange, status: number): void {
    const { writes } = this.#shared;
    const stall = new WriteStall(this.socket);
    writes.add(stall);
    exchange.res.once('close', () => {
      writes.remove(stall);
      this.#finished(exchange, status);
    });
  }

  #finished(exchange: Exchange, status: number): void {
    exchange.body.release();
    this.#active = undefined;
    const { onFinished, clock } = this.#shared;
    onFinished?.(exchange, status, exchange.bytesSent, clock.monotonicMs() - exchange.startedAtMs);
    const next = this.#queue.shift();
    if (next !== undefined) this.#start(next);
    else if (this.#fault !== undefined && !this.#last) this.#answerFault();
  }

  /** The rest of an announced, small body goes the way of the wind while the connection stays. */
  #drain(exchange: Exchange): void {
    const { req } = exchange;
    const timer = setTimeout(() => {
      if (!req.complete) this.socket.destroy();
    }, this.#shared.limits.drainMs).unref();
    req.once('end', () => clearTimeout(timer));
    req.resume();
  }

  /** Sends the answer and our end of the connection, then swallows what the client still sends. */
  #lingerAfter(exchange: Exchange, status: number, payload: Buffer | string | undefined): void {
    const { req, res } = exchange;
    if (payload === undefined) res.flushHeaders();
    else res.write(typeof payload === 'string' ? Buffer.from(payload) : payload);
    this.#linger();
    req.on('data', () => {
      if (this.socket.bytesRead > this.#drainLimit) this.socket.destroy();
    });
    req.once('end', () => this.socket.destroySoon());
    req.resume();
    this.#finished(exchange, status);
  }

  #linger(): void {
    const { socket } = this;
    this.#last = true;
    this.#drainLimit = socket.bytesRead + this.#shared.limits.drainBytes;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), this.#shared.limits.drainMs);
    socket.once('close', () => clearTimeout(timer));
  }

  #answerFault(): void {
    const { clock, newRequestId, serverName } = this.#shared;
    const context: FaultContext = { requestId: newRequestId(), host: this.#faultHost, rawPath: '/' };
    const reply = this.#render(this.#fault!, context);
    const extras = { serverName, nowMs: clock.nowMs(), requestId: context.requestId, keepAlive: false };
    this.socket.write(rawReply(this.#faultMethod, reply, extras));
    this.#linger();
  }
}

/** Bytes as a string of one character each: node glues it to the head and writes both with one plain system call. */
function latin1(payload: Buffer | string, bytes: number): string {
  if (typeof payload !== 'string') return payload.toString('latin1');
  // As many bytes as characters: all of them are ASCII.
  return bytes === payload.length ? payload : Buffer.from(payload).toString('latin1');
}
