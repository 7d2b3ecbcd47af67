/** Bodies held to the rate that their request asks for. Source: spec/objects.md §2.12. */
import { pacedChunks, pacedReplyBody } from '../http/pacer.ts';
import type { BodySource, ReplyBody } from '../http/types.ts';
import { decodeTrafficLimit } from './decode/traffic-limit.ts';
import type { CosRequest } from './request.ts';

/** The body of an upload. @throws CosError InvalidArgument */
export function pacedBody(request: CosRequest): BodySource {
  const rate = decodeTrafficLimit(request);
  return rate === undefined ? request.wire.body : pacedChunks(request.wire.body, rate);
}

/** The body of an answer. */
export function pacedReply(request: CosRequest, body: ReplyBody): ReplyBody {
  const rate = decodeTrafficLimit(request);
  return rate === undefined ? body : pacedReplyBody(body, rate);
}
