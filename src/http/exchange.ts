/**
 * One request and its answer on a connection: the WireRequest a handler sees, and what the wire itself must know.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { CosError } from '../errors/cos-error.ts';
import { type BodyShared, NodeBody } from './body.ts';
import { headerValue } from './headers.ts';
import { splitTarget } from './target.ts';
import type { WireRequest } from './types.ts';

export class Exchange implements WireRequest {
  readonly method: string;
  readonly rawTarget: string;
  readonly rawHeaders: readonly string[];
  readonly requestId: string;
  readonly receivedAtMs: number;
  /** Monotonic, ms. */
  readonly startedAtMs: number;
  readonly secure: boolean;
  readonly body: NodeBody;
  readonly res: ServerResponse;
  readonly req: IncomingMessage;
  /** Declared here so that every exchange has one shape. */
  note: unknown = undefined;
  rawPath = '/';
  rawQuery = '';
  host = '';
  /** What is wrong with the head; the handler is then not asked. */
  fault: CosError | undefined;
  /** bytes of the body that were given to the connection */
  bytesSent = 0;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    expectsContinue: boolean,
    headerLimit: number,
    headerCount: number,
    requestId: string,
    receivedAtMs: number,
    startedAtMs: number,
    secure: boolean,
    shared: BodyShared,
  ) {
    this.req = req;
    this.res = res;
    this.method = req.method!;
    this.rawTarget = req.url!;
    this.rawHeaders = req.rawHeaders;
    this.requestId = requestId;
    this.receivedAtMs = receivedAtMs;
    this.startedAtMs = startedAtMs;
    this.secure = secure;

    const raw = req.rawHeaders;
    let bytes = this.rawTarget.length;
    let lengthText: string | undefined;
    let coding: string | undefined;
    let hosts = 0;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i]!;
      const value = raw[i + 1]!;
      bytes += name.length + value.length + 4;
      if (name.length === 4) {
        if (isName(name, 'host')) {
          hosts++;
          this.host = value.trim();
        }
      } else if (name.length === 14) {
        if (isName(name, 'content-length')) lengthText = value;
      } else if (name.length === 17) {
        if (isName(name, 'transfer-encoding')) coding = coding === undefined ? value : `${coding},${value}`;
      }
    }
    // The parser has refused everything but digits, repeated lengths, and a length beside a transfer coding.
    const length = coding !== undefined ? undefined : lengthText === undefined ? 0 : Number(lengthText);
    const unannounced = coding === undefined && lengthText === undefined;
    this.body = new NodeBody(req, res, length, unannounced, expectsContinue, shared);

    if (bytes > headerLimit || raw.length > headerCount * 2) this.fault = new CosError('MaxMessageLengthExceeded');
    else if (hosts > 1)
      this.fault = new CosError('BadRequest', { message: 'The request has more than one Host header.' });
    else if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
      this.fault = new CosError('NotImplemented', { message: 'The only transfer coding offered is chunked.' });
    } else this.#cutTarget();
  }

  #cutTarget(): void {
    try {
      const target = splitTarget(this.rawTarget);
      this.rawPath = target.rawPath;
      this.rawQuery = target.rawQuery;
      if (target.authority !== '') this.host = target.authority;
    } catch (error) {
      if (!(error instanceof CosError)) throw error;
      this.fault = error;
    }
  }

  header(name: string): string | undefined {
    return headerValue(this.rawHeaders, name);
  }

  get tlsVersion(): string | undefined {
    const protocol = this.secure ? (this.req.socket as TLSSocket).getProtocol() : null;
    return protocol === null ? undefined : protocol.slice('TLSv'.length).padEnd(3, '.0');
  }

  get remoteAddress(): string {
    return this.req.socket.remoteAddress ?? '';
  }
}

function isName(name: string, lower: string): boolean {
  return name === lower || name.toLowerCase() === lower;
}
