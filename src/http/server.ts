/**
 * The wire on node:http: connections, time-outs, limits and shutdown. Source: spec/errors.md "Traps of Node's HTTP
 * server", spec/clients.md §3.
 */
import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { CosError } from '../errors/cos-error.ts';
import type { Clock } from '../platform/clock.ts';
import { BufferPool } from './buffer-pool.ts';
import { ByteBudget } from './byte-budget.ts';
import { Connection, type ConnectionShared, type FaultContext } from './connection.ts';
import { Exchange } from './exchange.ts';
import type { ParserError } from './faults.ts';
import { headerValue } from './headers.ts';
import { DEFAULT_WIRE_LIMITS, type WireLimits } from './limits.ts';
import { StallWatch } from './stall-watch.ts';
import { Turn } from './turn.ts';
import type { WireHandler, WireReply, WireRequest } from './types.ts';

export interface WireServerOptions {
  readonly handler: WireHandler;
  /** Renders what never reaches the handler: heads that cannot be parsed, limits, a handler that threw. */
  readonly renderParserError: (error: CosError, context: FaultContext) => WireReply;
  /** Dates of answers and durations of the access log. Time-outs follow real time whatever it says. */
  readonly clock: Clock;
  readonly newRequestId: () => string;
  /** Default `tencent-cos`. */
  readonly serverName?: string;
  readonly limits?: Partial<WireLimits>;
  /** Blocks for large bodies; default a pool of its own. */
  readonly pool?: BufferPool;
  /** Once an answer has been handed to the system, or the client went. @param ms since the head was complete */
  readonly onFinished?: (request: WireRequest, status: number, bytesSent: number, ms: number) => void;
  /** A request the wire refused by itself. */
  readonly onFault?: (error: CosError, context: FaultContext, remoteAddress: string) => void;
  /** A handler threw, a reply could not be written, or a body failed half-way: worth a line in the log. */
  readonly onHandlerError?: (error: unknown, request: WireRequest) => void;
}

export interface WireAddress {
  readonly host: string;
  readonly port: number;
}

export interface WireServer {
  /** Listens on one more address. @param port 0 takes a free one. @throws the error of node:net (`EADDRINUSE` …) */
  listen(host: string, port: number): Promise<WireAddress>;
  /** Addresses listened on, in order. */
  readonly addresses: readonly WireAddress[];
  /** Open connections. */
  readonly connections: number;
  /** Stops accepting, closes idle connections, lets running requests finish, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createWireServer(options: WireServerOptions): WireServer {
  return new NodeWireServer(options);
}

const CONNECTION = Symbol('connection');
type TrackedSocket = Socket & { [CONNECTION]?: Connection };

/**
 * node builds an object of all headers to look at one of them, Expect; this one is looked up instead. Whoever wants
 * headers reads `rawHeaders`.
 */
class LeanMessage extends IncomingMessage {}

Object.defineProperty(LeanMessage.prototype, 'headers', {
  configurable: true,
  get(this: IncomingMessage): { expect?: string } {
    const expect = headerValue(this.rawHeaders, 'expect');
    return expect === undefined ? NO_HEADERS : { expect };
  },
  set: () => undefined,
});

const NO_HEADERS = {};

class NodeWireServer implements WireServer {
  readonly #shared: ConnectionShared;
  readonly #servers: Server[] = [];
  readonly #connections = new Set<Connection>();
  readonly addresses: WireAddress[] = [];

  constructor(options: WireServerOptions) {
    const limits = { ...DEFAULT_WIRE_LIMITS, ...options.limits };
    this.#shared = {
      handler: options.handler,
      renderParserError: options.renderParserError,
      clock: options.clock,
      newRequestId: options.newRequestId,
      serverName: options.serverName ?? 'tencent-cos',
      limits,
      pool: options.pool ?? new BufferPool(),
      stalls: new StallWatch(limits.bodyTimeoutMs),
      writes: new StallWatch(limits.writeTimeoutMs),
      turn: new Turn(),
      budget: new ByteBudget(limits.bufferedBodyBytes),
      onFinished: options.onFinished,
      onFault: options.onFault,
      onHandlerError: options.onHandlerError ?? (() => undefined),
      closing: false,
    };
  }

  get connections(): number {
    return this.#connections.size;
  }

  listen(host: string, port: number): Promise<WireAddress> {
    const server = this.#createServer();
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.removeListener('error', reject);
        // Errors of accept (too many open files) pass; without a listener they would end the process.
        server.on('error', () => undefined);
        const bound = server.address() as AddressInfo;
        const address = { host: bound.address, port: bound.port };
        this.#servers.push(server);
        this.addresses.push(address);
        resolve(address);
      });
    });
  }

  #createServer(): Server {
    const { limits } = this.#shared;
    const server = createServer({
      IncomingMessage: LeanMessage,
      requireHostHeader: false,
      // Above our own limit, so that the handler's answer is a whole one; the parser still bounds the head.
      maxHeaderSize: limits.headerBytes + 64 * 1024,
      requestTimeout: 0,
      headersTimeout: limits.headTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, Math.max(10, Math.ceil(limits.headTimeoutMs / 4))),
      keepAliveTimeout: limits.keepAliveMs,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      noDelay: true,
    });
    server.timeout = 0;
    server.maxHeadersCount = 0;
    server.maxConnections = limits.connections;
    // A client may close its sending side and still wait for the answer.
    (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
    server.on('connection', (socket: TrackedSocket) => this.#onConnection(socket));
    server.on('request', (req, res) => this.#onRequest(req, res, false));
    server.on('checkContinue', (req, res) => this.#onRequest(req, res, true));
    // Other expectations are none we could fail: RFC 9110 §10.1.1 lets a server ignore them.
    server.on('checkExpectation', (req, res) => this.#onRequest(req, res, false));
    server.on('clientError', (error: ParserError, socket) => connectionOf(socket as TrackedSocket).parserError(error));
    server.on('connect', (_req, socket) => {
      socket.on('error', () => undefined);
      connectionOf(socket as TrackedSocket).refuse(new CosError('MethodNotAllowed', { close: true }));
    });
    return server;
  }

  #onConnection(socket: TrackedSocket): void {
    const connection = new Connection(socket, this.#shared);
    socket[CONNECTION] = connection;
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      connection.closed();
    });
  }

  #onRequest(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    res.sendDate = false;
    const shared = this.#shared;
    const { clock, limits } = shared;
    const requestId = shared.newRequestId();
    connectionOf(req.socket).accept(
      new Exchange(
        req,
        res,
        expectsContinue,
        limits.headerBytes,
        limits.headerCount,
        requestId,
        clock.nowMs(),
        clock.monotonicMs(),
        shared,
      ),
    );
  }

  async close(graceMs: number): Promise<void> {
    this.#shared.closing = true;
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const connection of this.#connections) connection.shutdown();
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.socket.destroy();
    }, graceMs);
    await Promise.all(closed);
    clearTimeout(timer);
    this.#shared.stalls.stop();
    this.#shared.writes.stop();
  }
}

function connectionOf(socket: TrackedSocket): Connection {
  return socket[CONNECTION]!;
}
