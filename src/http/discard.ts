/** Lets go of bodies that are not sent, or no further. */
import { isRandomAccess, isStream } from './reply.ts';
import { cancelStream } from './stream-body.ts';
import type { RandomAccessBody, ReplyBody } from './types.ts';

export function discard(body: ReplyBody): void {
  if (isRandomAccess(body)) discardBlocks(body);
  else if (isStream(body)) cancelStream(body);
}

export function discardBlocks(body: RandomAccessBody): void {
  try {
    const closing = body.close();
    // The bytes are out: a handle that will not close is the store's to report.
    if (closing !== undefined) closing.catch(() => undefined);
  } catch {
    // as above
  }
}
