/** What website hosts say in HTML. Source: spec/errors.md "Shape of an error", row "Website host". */

import type { WireReply } from '../../http/types.ts';
import { escapeXml } from '../../http/xml-writer.ts';

export interface PageFacts {
  readonly method: string;
  /** '' for none */
  readonly key: string;
  readonly requestId: string;
  readonly traceId: string;
}

export interface PageError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const TITLES: ReadonlyMap<number, string> = new Map([
  [301, 'Moved Permanently'],
  [302, 'Found'],
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [412, 'Precondition Failed'],
  [416, 'Range Not Satisfiable'],
  [451, 'Unavailable For Legal Reasons'],
  [500, 'Internal Server Error'],
  [503, 'Service Unavailable'],
]);

/** Headers that name an error beside a page, which may be the site's own. */
export function errorHeaders({ code, message }: PageError): string[] {
  return ['x-cos-error-code', code, 'x-cos-error-message', message.replace(/[^ -~]/g, '?')];
}

/** @param reply the same in XML: its headers stay, its document does not */
export function errorPage(error: PageError, facts: PageFacts, reply: Omit<WireReply, 'status' | 'body'>): WireReply {
  const { headers } = reply;
  const own = errorHeaders(error);
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at] !== 'Content-Type') own.push(headers[at]!, headers[at + 1]!);
  }
  own.push('Content-Type', 'text/html; charset=utf-8');
  const body = pageOf(error, facts);
  const close = reply.close === true ? { close: true } : {};
  const { status } = error;
  if (facts.method === 'HEAD') return { status, headers: own, contentLength: Buffer.byteLength(body), ...close };
  return { status, headers: own, body, ...close };
}

function pageOf({ status, code, message }: PageError, { key, requestId, traceId }: PageFacts): string {
  const title = escapeXml(`${status} ${TITLES.get(status) ?? code}`);
  const items = [
    ['Code', code],
    ['Message', message],
    ...(key === '' ? [] : [['Key', key]]),
    ['RequestId', requestId],
    ['TraceId', traceId],
  ];
  const list = items.map(([name, value]) => `<li>${name}: ${escapeXml(value!)}</li>\n`).join('');
  return `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>\n<h1>${title}</h1>\n<ul>\n${list}</ul>\n</body>\n</html>\n`;
}
