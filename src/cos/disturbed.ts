/** An answer as the fault rules want it to go out. */
import type { CosError } from '../errors/cos-error.ts';
import { discard } from '../http/discard.ts';
import { pacedReplyBody, pacedStream } from '../http/pacer.ts';
import { isStream } from '../http/reply.ts';
import type { WireReply } from '../http/types.ts';
import type { AccessNote } from './access-note.ts';

const CRC = 'x-cos-hash-crc64ecma';
/** In the access log, where no status went out. */
const NO_ANSWER = 0;

/** @param refuse the error document of this dialect */
export async function disturbed(
  answer: WireReply,
  note: AccessNote,
  refuse: (error: CosError) => WireReply,
): Promise<WireReply> {
  const { error, refused, reset, delayMs, bandwidth, truncateAfter, wrongCrc } = note.fault!;
  let reply = answer;
  if (reset === true || (error !== undefined && refused !== true)) {
    await carriedOut(reply);
    if (reset === true) {
      delete note.code;
      delete note.message;
      reply = { status: NO_ANSWER, headers: [], reset: true };
    } else reply = refuse(error!);
  }
  if (wrongCrc === true) reply = { ...reply, headers: withWrongCrc(reply.headers) };
  if (bandwidth !== undefined) {
    const { body } = reply;
    reply = { ...reply, body: isStream(body) ? pacedStream(body, bandwidth * 8) : pacedReplyBody(body, bandwidth * 8) };
  }
  if (truncateAfter !== undefined) reply = { ...reply, cutAfter: truncateAfter };
  return delayMs === undefined ? reply : { ...reply, delayMs: delayMs + (reply.delayMs ?? 0) };
}

/** An operation that answers while it runs ends with its answer. */
async function carriedOut({ body }: WireReply): Promise<void> {
  if (!isStream(body)) return discard(body);
  for await (const _ of body.stream);
}

/** One bit is another. */
function withWrongCrc(headers: readonly string[]): string[] {
  const changed = [...headers];
  for (let at = 0; at + 1 < changed.length; at += 2) {
    if (changed[at]!.toLowerCase() === CRC) changed[at + 1] = (BigInt(changed[at + 1]!) ^ 1n).toString();
  }
  return changed;
}
