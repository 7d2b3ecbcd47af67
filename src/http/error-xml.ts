/**
 * The error document. Source: spec/protocol.md §10.1, spec/errors.md "Shape of an error".
 */
import { escapeXml, XML_DECLARATION } from './xml-writer.ts';

export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  /** Flat elements between Message and Resource, in order. */
  readonly elements?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Host and decoded path, without a scheme. */
  readonly resource: string;
  readonly requestId: string;
  readonly traceId: string;
}

/**
 * The whole document as text. Code, Message, Resource and RequestId must not be empty: the Python SDK reports an
 * unreadable error otherwise, so an empty Resource is written as `/`.
 */
export function renderErrorXml(error: ErrorDocument): string {
  let out = `${XML_DECLARATION}<Error>\n${line('Code', error.code)}${line('Message', error.message)}`;
  if (error.elements !== undefined) for (const [name, value] of error.elements) out += line(name, value);
  out += line('Resource', error.resource === '' ? '/' : error.resource);
  out += line('RequestId', error.requestId);
  out += line('TraceId', error.traceId);
  return `${out}</Error>\n`;
}

function line(name: string, value: string): string {
  return `\t<${name}>${escapeXml(value)}</${name}>\n`;
}
