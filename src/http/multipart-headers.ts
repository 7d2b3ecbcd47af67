/** Names and boundaries in the headers of forms. Source: RFC 7578 §4, RFC 2045 §5.1, the WHATWG encoding of form data. */
import { isUtf8 } from 'node:buffer';
import { malformed } from './multipart-scanner.ts';

export interface PartHead {
  readonly name: string;
  /** Without folders; undefined where the part has none. */
  readonly filename: string | undefined;
}

/** Characters; RFC 2046 has 70. */
const MAX_BOUNDARY = 200;
const HEADER_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/;
const PARAMETER =
  /[ \t]*;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s";]*)))?[ \t]*/y;

/**
 * @param contentType of the request, as sent
 * @throws CosError MalformedPOSTRequest when it is no form or has no boundary
 */
export function formBoundary(contentType: string | undefined): Buffer {
  const { value, params } = parseParameters(contentType ?? '');
  const boundary = params.get('boundary') ?? '';
  if (value !== 'multipart/form-data' || boundary === '' || boundary.length > MAX_BOUNDARY) throw malformed();
  return Buffer.from(boundary, 'latin1');
}

/**
 * @param head header lines of a part
 * @throws CosError MalformedPOSTRequest without a name, or with two
 */
export function parsePartHead(head: Buffer): PartHead {
  let disposition: string | undefined;
  for (const line of head.toString('latin1').split('\r\n')) {
    const match = HEADER_LINE.exec(line);
    if (match === null) throw malformed();
    if (match[1]!.toLowerCase() !== 'content-disposition') continue;
    if (disposition !== undefined) throw malformed();
    disposition = match[2]!;
  }
  const { value, params } = parseParameters(disposition ?? '');
  const name = params.get('name');
  // Browsers send no control without a name: S3 calls such a part malformed too.
  if (value !== 'form-data' || name === undefined || name === '') throw malformed();
  const filename = extendedText(params.get('filename*')) ?? receivedText(params.get('filename'));
  return { name: receivedText(name)!, filename: filename === undefined ? undefined : withoutFolders(filename) };
}

function parseParameters(text: string): { value: string; params: ReadonlyMap<string, string> } {
  const semicolon = text.indexOf(';');
  const params = new Map<string, string>();
  if (semicolon < 0) return { value: text.trim().toLowerCase(), params };
  for (let at = semicolon; at < text.length; at = PARAMETER.lastIndex) {
    PARAMETER.lastIndex = at;
    const match = PARAMETER.exec(text);
    if (match === null) throw malformed();
    if (match[1] === undefined) continue;
    const name = match[1].toLowerCase();
    if (params.has(name)) throw malformed();
    // Browsers leave a backslash alone, others write one before a quote or itself.
    params.set(name, match[2] === undefined ? match[3]! : match[2].replace(/\\(["\\])/g, '$1'));
  }
  return { value: text.slice(0, semicolon).trim().toLowerCase(), params };
}

const BROWSER_ESCAPES: Readonly<Record<string, string>> = { '%22': '"', '%0D': '\r', '%0A': '\n' };

/** Browsers escape three characters and send the bytes of the rest as they are, mostly UTF-8. */
function receivedText(latin1: string | undefined): string | undefined {
  if (latin1 === undefined) return undefined;
  const bytes = Buffer.from(latin1, 'latin1');
  const text = isUtf8(bytes) ? bytes.toString('utf8') : latin1;
  return text.replace(/%(?:22|0D|0A)/gi, (code) => BROWSER_ESCAPES[code.toUpperCase()]!);
}

/** `UTF-8''…` of RFC 8187, which .NET sends beside a name that is of no use. */
function extendedText(value: string | undefined): string | undefined {
  const match = /^utf-8'[^']*'(.*)$/i.exec(value ?? '');
  if (match === null) return undefined;
  try {
    return decodeURIComponent(match[1]!);
  } catch {
    return undefined;
  }
}

function withoutFolders(filename: string): string {
  return filename.slice(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
}
