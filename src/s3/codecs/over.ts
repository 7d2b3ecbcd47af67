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
  /** The input as COS's codec read it, and what only S3 knows of it. */
  input?(input: I, request: S3Call, limits: Limits): I | Promise<I>;
  /** The answer as COS's codec wrote it. */
  reply?(reply: WireReply, output: O, request: S3Call): WireReply;
}

export function over<I, O>(operation: Operation<I, O>, native: AnyCodec, { input, reply }: Changes<I, O>): AnyCodec {
  return {
    operation,
    async decode(request, limits) {
      const decoded = (await native.decode(request, limits)) as I;
      return input === undefined ? decoded : input(decoded, request as S3Call, limits);
    },
    encode(output, request) {
      const encoded = native.encode(output, request);
      return reply === undefined ? encoded : reply(encoded, output as O, request as S3Call);
    },
  };
}
