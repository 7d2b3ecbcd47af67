/**
 * The content of a request of S3: without its framing, and held against what was signed of it. A mismatch shows at the
 * end at the earliest; bytes that a reader has got by then are its to take back. Source: spec/s3.md §5.1.
 */
import { CosError } from '../../errors/cos-error.ts';
import type { BodySource, WireRequest } from '../../http/types.ts';
import type { Payload } from '../signature/payload.ts';
import { hasHeader } from '../signature/time.ts';
import { ChunkedBody } from './chunked-body.ts';
import { HashedBody } from './hashed-body.ts';

export { storedEncoding } from './stored-encoding.ts';

export interface S3Body extends BodySource {
  /** A header that followed the body; known once that has been read to its end. @param name lower case */
  trailer(name: string): string | undefined;
}

const DIGITS = /^\d{1,15}$/;

/**
 * @throws CosError MissingContentLength, InvalidArgument of an aws-chunked body that does not say how long it is;
 *   InvalidDigest for a Content-MD5 without a value, which elsewhere counts as absent
 */
export function bodyOf(wire: WireRequest, payload: Payload): S3Body {
  if (wire.body.length !== 0 && wire.header('content-md5') === undefined && hasHeader(wire, 'content-md5')) {
    throw new CosError('InvalidDigest', { close: true });
  }
  switch (payload.kind) {
    case 'unsigned':
      return new PlainBody(wire.body);
    case 'sha256':
      return new HashedBody(wire.body, payload.hex);
    case 'chunked':
      return new ChunkedBody(wire.body, {
        length: decodedLength(wire),
        chain: payload.chain,
        trailers: payload.trailer ? trailerNames(wire) : undefined,
      });
  }
}

function decodedLength(wire: WireRequest): number {
  const text = wire.header('x-amz-decoded-content-length');
  if (text === undefined) throw new CosError('MissingContentLength', { close: true });
  if (DIGITS.test(text)) return Number(text);
  throw new CosError('InvalidArgument', { message: 'x-amz-decoded-content-length is no length.', close: true });
}

function trailerNames(wire: WireRequest): ReadonlySet<string> {
  const text = wire.header('x-amz-trailer') ?? '';
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== ''));
}

class PlainBody implements S3Body {
  readonly #sent: BodySource;

  constructor(sent: BodySource) {
    this.#sent = sent;
  }

  get length(): number | undefined {
    return this.#sent.length;
  }
  get unannounced(): boolean {
    return this.#sent.unannounced;
  }
  get receivedBytes(): number {
    return this.#sent.receivedBytes ?? 0;
  }
  get endedAtMs(): number | undefined {
    return this.#sent.endedAtMs;
  }

  readAll(maxBytes: number, tooLarge?: CosError): Promise<Buffer> {
    return this.#sent.readAll(maxBytes, tooLarge);
  }
  chunks(maxBytes: number, tooLarge?: CosError): AsyncIterable<Buffer> {
    return this.#sent.chunks(maxBytes, tooLarge);
  }
  trailer(): undefined {
    return undefined;
  }
}
