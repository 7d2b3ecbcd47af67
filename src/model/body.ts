/** A request body as operations see it: where the bytes come from is the wire's business. */
import type { CosError } from '../errors/cos-error.ts';

export interface BodyStream {
  /** Announced bytes; undefined when only the end of the stream tells. */
  readonly length: number | undefined;
  /** @throws CosError RequestTimeOut, IncompleteBody, or `tooLarge` above `maxBytes` */
  readAll(maxBytes: number, tooLarge?: CosError): Promise<Buffer>;
  chunks(maxBytes: number, tooLarge?: CosError): AsyncIterable<Buffer>;
}
