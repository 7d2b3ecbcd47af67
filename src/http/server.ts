/**
 * The wire on node:http: connections, time-outs, limits and shutdown. Source: spec/errors.md "Traps of Node's HTTP
 * server", spec/clients.md §3.
 */
import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net';
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
import type { TlsContexts, TlsDoor } from './tls-door.ts';
import { foreignName, type ProxyRules, requireAuthority, Tunnels } from './tunnel.ts';
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
  /** Certificates; asked for once, by the first listener or tunnel with TLS. Without it there are neither. */
  readonly tls?: () => Promise<TlsContexts>;
  /** Names that may be asked for as of a proxy. Without it CONNECT is refused and absolute-form targets are not judged. */
  readonly proxy?: ProxyRules;
  /** Once an answer has been handed to the system, or the client went. @param ms since the head was complete */
  readonly onFinished?: (request: WireRequest, status: number, bytesSent: number, ms: number) => void;
  /** A request the wire refused by itself. */
  readonly onFault?: (error: CosError, context: FaultContext, remoteAddress: string) => void;
  /** A handler threw, a reply could not be written, or a body failed half-way: worth a line in the log. */
  readonly onHandlerError?: (error: unknown, request: WireRequest) => void;
  /** A client that wanted TLS was sent away for want of a certificate. */
  readonly onTlsError?: (error: unknown) => void;
}

export interface WireAddress {
  readonly host: string;
  readonly port: number;
}

export interface WireServer {
  /** Listens on one more address. @param port 0 takes a free one. @throws the error of node:net (`EADDRINUSE` …) */
  listen(host: string, port: number): Promise<WireAddress>;
  /**
   * The same for TLS; needs an address without it, which was listened on before.
   * @throws besides, what the certificates throw
   */
  listenTls(host: string, port: number): Promise<WireAddress>;
  /** Addresses listened on, in order. */
  readonly addresses: readonly WireAddress[];
  readonly tlsAddresses: readonly WireAddress[];
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
const SLASH = 47;

class NodeWireServer implements WireServer {
  readonly #shared: ConnectionShared;
  readonly #servers: NetServer[] = [];
  /** Whatever came through TLS is handed to the first one, which keeps the time of its requests as well. */
  #http: Server | undefined;
  readonly #tls: WireServerOptions['tls'];
  readonly #proxy: ProxyRules | undefined;
  readonly #onTlsError: (error: unknown) => void;
  readonly #tunnels: Tunnels;
  #door: TlsDoor | undefined;
  #opening: Promise<TlsDoor> | undefined;
  /** Sockets at the end of a tunnel: there is no second one through it. */
  readonly #tunnelled = new WeakSet<Socket>();
  readonly #connections = new Set<Connection>();
  readonly addresses: WireAddress[] = [];
  readonly tlsAddresses: WireAddress[] = [];

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
    this.#tls = options.tls;
    this.#proxy = options.proxy;
    this.#onTlsError = options.onTlsError ?? (() => undefined);
    this.#tunnels = new Tunnels(limits.headTimeoutMs);
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(host: string, port: number): Promise<WireAddress> {
    const server = this.#createServer();
    const address = await this.#bind(server, host, port);
    this.#http ??= server;
    this.addresses.push(address);
    return address;
  }

  async listenTls(host: string, port: number): Promise<WireAddress> {
    if (this.#http === undefined) throw new Error('no address without TLS is listened on');
    const door = await this.#openDoor();
    const options = { allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: 60_000, noDelay: true };
    const server = createNetServer(options, (raw) => door.accept(raw, (inside) => this.#enter(inside)));
    server.maxConnections = this.#shared.limits.connections;
    const address = await this.#bind(server, host, port);
    this.tlsAddresses.push(address);
    return address;
  }

  #bind(server: NetServer, host: string, port: number): Promise<WireAddress> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      // `::` takes IPv4 as well, unless that has a listener of its own.
      const ipv6Only = [...this.addresses, ...this.tlsAddresses].some((address) => address.host === '0.0.0.0');
      server.listen({ port, host, ipv6Only }, () => {
        server.removeListener('error', reject);
        // Errors of accept (too many open files) pass; without a listener they would end the process.
        server.on('error', () => undefined);
        const bound = server.address() as AddressInfo;
        this.#servers.push(server);
        resolve({ host: bound.address, port: bound.port });
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
    server.on('connect', (req, socket, head) => this.#onConnect(req, socket as TrackedSocket, head));
    return server;
  }

  #onConnect(req: IncomingMessage, socket: TrackedSocket, head: Buffer): void {
    socket.on('error', () => undefined);
    const connection = connectionOf(socket);
    let authority = '';
    try {
      authority = this.#requireTunnel(req, socket, connection);
    } catch (error) {
      connection.refuse(error as CosError, authority || req.url);
      return;
    }
    // From here on the tunnel has a connection of its own inside.
    this.#connections.delete(connection);
    this.#tunnels.open(socket, head, this.#shared.newRequestId(), (tls) => {
      if (!tls) {
        this.#tunnelled.add(socket);
        this.#enter(socket);
        return;
      }
      const accept = (door: TlsDoor): void => {
        if (this.#shared.closing) socket.destroy();
        door.accept(socket, (inside) => {
          this.#tunnelled.add(inside);
          this.#enter(inside);
        });
      };
      if (this.#door !== undefined) accept(this.#door);
      else
        this.#openDoor().then(accept, (error: unknown) => {
          this.#onTlsError(error);
          socket.destroy();
        });
    });
  }

  /** @returns the authority @throws CosError */
  #requireTunnel(req: IncomingMessage, socket: TrackedSocket, connection: Connection): string {
    const proxy = this.#proxy;
    if (proxy === undefined || this.#tls === undefined) throw new CosError('MethodNotAllowed', { close: true });
    const authority = requireAuthority(req.url);
    if (!proxy.ownsTunnel(authority, socket.localAddress ?? '')) {
      proxy.onRefused(authority, 'CONNECT', socket.remoteAddress ?? '');
      throw foreignName();
    }
    if (this.#tunnelled.has(socket) || !connection.fresh) {
      const message = 'A tunnel must be the first request of a connection that is not in a tunnel.';
      throw new CosError('BadRequest', { message, close: true });
    }
    return authority;
  }

  /** A socket that carries HTTP and does not come from a listener of node:http. */
  #enter(socket: Socket): void {
    if (this.#shared.closing) socket.destroy();
    else this.#http!.emit('connection', socket);
  }

  #openDoor(): Promise<TlsDoor> {
    this.#opening ??= this.#makeDoor().catch((error: unknown) => {
      // The next one may be luckier: a folder can be mended.
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #makeDoor(): Promise<TlsDoor> {
    if (this.#tls === undefined) throw new Error('there are no certificates');
    const [{ TlsDoor }, contexts] = await Promise.all([import('./tls-door.ts'), this.#tls()]);
    this.#door = new TlsDoor(contexts, this.#shared.limits.headTimeoutMs, this.#onTlsError);
    return this.#door;
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
    const connection = connectionOf(req.socket);
    const exchange = new Exchange(
      req,
      res,
      expectsContinue,
      limits.headerBytes,
      limits.headerCount,
      requestId,
      clock.nowMs(),
      clock.monotonicMs(),
      connection.secure,
      shared,
    );
    if (this.#proxy !== undefined && exchange.rawTarget.charCodeAt(0) !== SLASH)
      this.#judgeTarget(exchange, this.#proxy);
    connection.accept(exchange);
  }

  /** An absolute-form target is what a proxy is sent. */
  #judgeTarget(exchange: Exchange, proxy: ProxyRules): void {
    if (exchange.fault !== undefined || proxy.ownsTarget(exchange.host)) return;
    proxy.onRefused(exchange.host, exchange.method, exchange.remoteAddress);
    exchange.fault = foreignName();
  }

  async close(graceMs: number): Promise<void> {
    this.#shared.closing = true;
    const closed = this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const connection of this.#connections) connection.shutdown();
    this.#tunnels.close();
    this.#door?.close();
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
