/** Codecs of COS, and what Amazon S3 reads or says besides. */
import type { AnyCodec } from '../../cos/codec.ts';
import type { CosRequest } from '../../cos/request.ts';
import type { WireReply } from '../../http/types.ts';
import type { Limits } from '../../model/services.ts';
import type { Operation } from '../../operations/operation.ts';
import type { S3Request } from '../wire.ts';

/** A request of this protocol. */
export interface S3Call extends CosRequest {
  readonly wire: S3Request;
}

export interface Changes<I, O> {
  /** What only S3 knows of the input; it is laid over what COS's codec read. */
  input?(input: I, request: S3Call, limits: Limits): Partial<I>;
  /** The answer as COS's codec wrote it. */
  reply?(reply: WireReply, output: O, request: S3Call): WireReply;
}

export function over<I, O>(operation: Operation<I, O>, native: AnyCodec, { input, reply }: Changes<I, O>): AnyCodec {
  return {
    operation,
    decode(request, limits) {
      const decoded = native.decode(request, limits) as I | Promise<I>;
      if (input === undefined) return decoded;
      // What is decoded belongs to its request: it is added to. A copy costs more than all else that S3 does to a read.
      const add = (read: I) => Object.assign(read as object, input(read, request as S3Call, limits));
      return decoded instanceof Promise ? decoded.then(add) : add(decoded);
    },
    encode(output, request) {
      const encoded = native.encode(output, request);
      return reply === undefined ? encoded : reply(encoded, output as O, request as S3Call);
    },
  };
}
