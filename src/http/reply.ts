/**
 * From a WireReply to bytes: the head that every answer carries, and small bodies in one piece.
 * Source: spec/protocol.md §8, spec/objects.md §2.4, §13.4; spec/clients.md §3 "Header spelling".
 */
import { STATUS_CODES } from 'node:http';
import { formatHttpDate } from './http-date.ts';
import type { RandomAccessBody, ReplyBody, StreamBody, WireReply } from './types.ts';

/** What the wire adds. */
export interface HeadExtras {
  readonly serverName: string;
  /** ms since the epoch */
  readonly nowMs: number;
  readonly requestId: string;
  readonly keepAlive: boolean;
}

export function isRandomAccess(body: ReplyBody): body is RandomAccessBody {
  return typeof body === 'object' && !Buffer.isBuffer(body) && 'read' in body;
}

export function isStream(body: ReplyBody): body is StreamBody {
  return typeof body === 'object' && !Buffer.isBuffer(body) && 'stream' in body;
}

/** Bytes that the body of a reply has; 0 for one whose length is not known. */
export function bodyLength(body: ReplyBody): number {
  if (body === undefined || isStream(body)) return 0;
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}

/** True when no body may follow the head, whatever the reply holds. */
export function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304 || status < 200;
}

/** The complete flat header list of an answer; the reply's own list is not changed. */
export function buildHead(method: string, reply: WireReply, extras: HeadExtras): string[] {
  const { status, headers } = reply;
  const head: string[] = [
    'Server',
    extras.serverName,
    'Date',
    formatHttpDate(extras.nowMs),
    'Connection',
    extras.keepAlive ? 'keep-alive' : 'close',
  ];
  if (reply.requestId !== false) head.push('x-cos-request-id', extras.requestId);
  for (let i = 0; i < headers.length; i++) head.push(headers[i]!);
  if (isStream(reply.body) && !isBodiless(method, status)) head.push('Transfer-Encoding', 'chunked');
  else if (status !== 204 && status !== 304 && status >= 200) {
    const length = method === 'HEAD' ? (reply.contentLength ?? bodyLength(reply.body)) : bodyLength(reply.body);
    head.push('Content-Length', String(length));
  }
  return head;
}

/** A whole answer as bytes, for connections on which no parsed request stands. */
export function rawReply(method: string, reply: WireReply, extras: HeadExtras): Buffer {
  const head = buildHead(method, reply, extras);
  let text = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? 'Unknown'}\r\n`;
  for (let i = 0; i + 1 < head.length; i += 2) text += `${head[i]}: ${head[i + 1]}\r\n`;
  const sent = isBodiless(method, reply.status) ? undefined : reply.body;
  const body = typeof sent === 'string' || Buffer.isBuffer(sent) ? sent : '';
  return Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), typeof body === 'string' ? Buffer.from(body) : body]);
}
