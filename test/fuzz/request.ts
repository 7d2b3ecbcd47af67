/** Requests of the fuzzer: as text on a socket, and as the wire hands them over. */
import { CosError } from '../../src/errors/cos-error.ts';
import { headerValue } from '../../src/http/headers.ts';
import type { WireRequest } from '../../src/http/types.ts';

export type Header = readonly [name: string, value: string];

export interface FuzzRequest {
  readonly method: string;
  /** As on the request line, one character a byte. */
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  /** One character a byte. */
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

/** Without what a head cannot hold: the parser of HTTP would refuse it long before the signature. */
export function headSafe(text: string, target: boolean): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones
  return text.replace(target ? /[\x00-\x20\x7f#]|[^\x00-\xff]/g : /[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/g, '');
}

export function onTheWire({ method, path, query, headers, body }: FuzzRequest): Buffer {
  const target = query === '' ? path : `${path}?${query}`;
  let head = `${method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  if (body.length > 0 || method === 'PUT' || method === 'POST') head += `Content-Length: ${body.length}\r\n`;
  return Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`, 'latin1'), body]);
}

export function asWire(request: FuzzRequest, nowMs: number): WireRequest {
  const { method, path, query, headers, body } = request;
  const rawHeaders = [...headers.flat(), 'content-length', String(body.length)];
  const take = (maxBytes: number, tooLarge?: CosError): Buffer => {
    if (body.length > maxBytes) throw tooLarge ?? new CosError('EntityTooLarge');
    return Buffer.from(body);
  };
  return {
    ...{ method, rawTarget: query === '' ? path : `${path}?${query}`, rawPath: path, rawQuery: query, rawHeaders },
    host: headers.find(([name]) => name === 'host')?.[1] ?? '',
    header: (name) => headerValue(rawHeaders, name),
    body: {
      length: body.length,
      unannounced: false,
      readAll: async (maxBytes, tooLarge) => take(maxBytes, tooLarge),
      async *chunks(maxBytes, tooLarge) {
        yield take(maxBytes, tooLarge);
      },
    },
    secure: false,
    tlsVersion: undefined,
    remoteAddress: '10.0.0.1',
    requestId: 'ZnV6eg==',
    receivedAtMs: nowMs,
  };
}
