/** Answers of the token service in the form of AWS: XML of its query protocol. */
import { escapeXml } from '../../http/xml-writer.ts';
import type { AwsStsError } from './errors.ts';

/** Elements, in order. */
export interface Elements {
  readonly [name: string]: string | Elements;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export function answerDocument(action: string, result: Elements, requestId: string): string {
  const inner = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return `<${action}Response xmlns="${NAMESPACE}">${written(inner)}</${action}Response>`;
}

export function errorDocument({ code, status, message }: AwsStsError, requestId: string): string {
  const Type = status < 500 ? 'Sender' : 'Receiver';
  const inner = { Error: { Type, Code: code, Message: message }, RequestId: requestId };
  return `<ErrorResponse xmlns="${NAMESPACE}">${written(inner)}</ErrorResponse>`;
}

function written(elements: Elements): string {
  return Object.entries(elements)
    .map(([name, value]) => `<${name}>${typeof value === 'string' ? escapeXml(value) : written(value)}</${name}>`)
    .join('');
}
