/** Answers with the header names and the namespace of Amazon S3. Source: spec/s3.md §3, §6, §7. */
import type { WireReply, WireRequest } from '../http/types.ts';
import { COS_META, S3_META, TO_S3, valueOut } from './names.ts';

const NAMESPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const ROOT = /^(?:<\?xml[^>]*\?>\s*)?<([A-Za-z]+)(?=[\s/>])/;

/** The trace id of COS goes out as the id that S3 has beside the request's. */
export function s3Reply(reply: WireReply, request: WireRequest): WireReply {
  const { headers } = reply;
  const { xml, traced } = nameHeaders(headers);
  headers.push('x-amz-request-id', request.requestId);
  if (!traced) headers.push('x-amz-id-2', request.requestId);
  const { body } = reply;
  return xml && typeof body === 'string' ? { ...reply, body: inNamespace(body) } : reply;
}

/** What most answers have, looked up no further. */
const COS_ONLY: ReadonlySet<string> = new Set(['x-cos-object-type', 'x-cos-hash-crc64ecma']);

/** Gives headers the names and words of S3, in place. @returns what was seen on the way */
function nameHeaders(headers: string[]): { readonly xml: boolean; readonly traced: boolean } {
  let xml = false;
  let traced = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === 'Content-Type') xml = headers[i + 1] === 'application/xml';
    if (!name.startsWith('x-cos-')) continue;
    if (COS_ONLY.has(name)) continue;
    if (name.startsWith(COS_META)) {
      headers[i] = S3_META + name.slice(COS_META.length);
      continue;
    }
    const folded = name.toLowerCase();
    const s3Name = TO_S3.get(folded);
    if (s3Name !== undefined) {
      headers[i] = s3Name;
      headers[i + 1] = valueOut(folded, headers[i + 1]!);
    } else if (folded === 'x-cos-trace-id') {
      headers.push('x-amz-id-2', headers[i + 1]!);
      traced = true;
    }
  }
  return { xml, traced };
}

/** Clients of S3 look at the namespace of lists and configurations. */
const BARE: ReadonlySet<string> = new Set(['Error', 'PostResponse']);

function inNamespace(document: string): string {
  const root = ROOT.exec(document);
  if (root === null || BARE.has(root[1]!)) return document;
  const end = root.index + root[0].length;
  const close = document.indexOf('>', end);
  if (document.slice(end, close).includes('xmlns=')) return document;
  return document.slice(0, end) + NAMESPACE + document.slice(end);
}
