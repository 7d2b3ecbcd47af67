/** A request of our own making, on behalf of one that came: another object of the website is read for it. */
import type { WireRequest } from '../../http/types.ts';

/** What a client says of the object it asked for, which is another one. */
const ABOUT_THE_OBJECT: ReadonlySet<string> = new Set([
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
]);

/** The same request without conditions and range. */
export function innerRequest(wire: WireRequest, method: 'GET' | 'HEAD'): WireRequest {
  return {
    method,
    rawTarget: wire.rawTarget,
    rawPath: wire.rawPath,
    rawQuery: wire.rawQuery,
    host: wire.host,
    rawHeaders: wire.rawHeaders,
    header: (name) => (ABOUT_THE_OBJECT.has(name) ? undefined : wire.header(name)),
    body: wire.body,
    secure: wire.secure,
    tlsVersion: wire.tlsVersion,
    remoteAddress: wire.remoteAddress,
    requestId: wire.requestId,
    receivedAtMs: wire.receivedAtMs,
    note: wire.note,
  };
}
