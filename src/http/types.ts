/**
 * What the wire gives to a dialect and takes back: HTTP and nothing else.
 */
import type { CosError } from '../errors/cos-error.ts';

/** A request body. Reading may fail with CosError RequestTimeOut, IncompleteBody or EntityTooLarge. */
export interface BodySource {
  /** Announced length in bytes (0 when there is no body); undefined for `Transfer-Encoding: chunked`. */
  readonly length: number | undefined;
  /** True when the client neither announced a length nor a transfer coding: a PUT or POST then lacks Content-Length. */
  readonly unannounced: boolean;
  /** Bytes that have come so far; undefined where nobody counts. */
  readonly receivedBytes?: number | undefined;
  /** When the last byte came, monotonic ms; undefined before, and without a body. */
  readonly endedAtMs?: number | undefined;
  /**
   * Reads everything into one buffer. Sends `100 Continue` first where the client waits for it.
   * @param maxBytes more than this raises `tooLarge` (default EntityTooLarge), before reading where the length tells
   */
  readAll(maxBytes: number, tooLarge?: CosError): Promise<Buffer>;
  /** Reads chunk by chunk with back-pressure; a chunk is the reader's own. @param maxBytes as in readAll */
  chunks(maxBytes: number, tooLarge?: CosError): AsyncIterable<Buffer>;
}

export interface WireRequest {
  /** Upper case, as sent. */
  readonly method: string;
  /** The request target exactly as it stood on the request line. */
  readonly rawTarget: string;
  /** Raw path: the target without scheme and authority (absolute form) and without the query; starts with `/`. */
  readonly rawPath: string;
  /** Raw query without the `?`; empty string when there is none. */
  readonly rawQuery: string;
  /** Authority the client addressed: from an absolute-form target, else the Host header, as sent; '' when absent. */
  readonly host: string;
  /** Header names and values as sent, flat: name, value, name, value … */
  readonly rawHeaders: readonly string[];
  /** Value of a header, trimmed; repeated lines joined with `,`. An empty value counts as absent. @param name lower case */
  header(name: string): string | undefined;
  readonly body: BodySource;
  readonly secure: boolean;
  /** `1.2`, `1.3` …; undefined without TLS. */
  readonly tlsVersion: string | undefined;
  readonly remoteAddress: string;
  /** Set once per request by the server: base64 text of spec/protocol.md §8. */
  readonly requestId: string;
  /** Wall time at which the request's head was complete, ms. */
  readonly receivedAtMs: number;
  /** The same request with another body; absent where it is no more than these fields. */
  withBody?(body: BodySource): WireRequest;
  /** What the handler leaves for the access log; the wire only passes it on. */
  note?: unknown;
}

/** A body that can be read from any position; the wire pulls it in blocks and closes it. */
export interface RandomAccessBody {
  /** First byte to send. */
  readonly start: number;
  /** Bytes to send. */
  readonly length: number;
  /** Read and written in blocks of at most this many bytes; default the wire's own. For bodies that take their time. */
  readonly blockBytes?: number;
  /** Fills `target` from absolute `position`; resolves to the bytes read (> 0). */
  read(position: number, target: Buffer): Promise<number>;
  close(): void | Promise<void>;
}

/** A body of unknown length, sent with `Transfer-Encoding: chunked` as it comes. The wire iterates it once, or cancels it. */
export interface StreamBody {
  readonly stream: AsyncIterable<Buffer>;
}

export type ReplyBody = Buffer | string | RandomAccessBody | StreamBody | undefined;

export interface WireReply {
  readonly status: number;
  /**
   * Flat list name, value, … in wire spelling. `Date`, `Server`, `Connection`, `x-cos-request-id` and `Content-Length`
   * are added by the wire.
   */
  readonly headers: string[];
  /** undefined: no body (Content-Length: 0, except on 204 and 304). */
  readonly body?: ReplyBody;
  /** For HEAD: the Content-Length to announce without a body. */
  readonly contentLength?: number;
  /** Close the connection after this answer. */
  readonly close?: boolean;
  /** false: the answer has no `x-cos-request-id`. */
  readonly requestId?: false;
  /** Hold the answer back so long, ms; given up as soon as the client goes. */
  readonly delayMs?: number;
  /** Reset the connection instead of answering; `status` is then for the log. */
  readonly reset?: boolean;
  /** Send at most so many bytes of the body that the head announces, then close the connection. */
  readonly cutAfter?: number;
}

/** One request in, one reply out. Must not throw: a dialect renders its own errors. */
export type WireHandler = (request: WireRequest) => WireReply | Promise<WireReply>;
