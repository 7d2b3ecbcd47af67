/** How the COS dialect reads the input of an operation and writes its result. */
import type { WireReply } from '../http/types.ts';
import type { Limits } from '../model/services.ts';
import type { AnyOperation, Operation } from '../operations/operation.ts';
import type { CosRequest } from './request.ts';

export interface Codec<I, O> {
  readonly operation: Operation<I, O>;
  decode(request: CosRequest, limits: Limits): I | Promise<I>;
  encode(output: O, request: CosRequest): WireReply;
}

export interface AnyCodec {
  readonly operation: AnyOperation;
  decode(request: CosRequest, limits: Limits): unknown;
  encode(output: never, request: CosRequest): WireReply;
}

/** Fixes the types of one codec, then forgets them for the table. */
export function codec<I, O>(given: Codec<I, O>): AnyCodec {
  return given as unknown as AnyCodec;
}

export function emptyReply(status = 200, headers: string[] = []): WireReply {
  return { status, headers };
}

export function xmlReply(body: string, headers: string[] = []): WireReply {
  headers.push('Content-Type', 'application/xml');
  return { status: 200, headers, body };
}
