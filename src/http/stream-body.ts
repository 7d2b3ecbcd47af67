/**
 * Sends a body whose length nobody knows yet, in chunks, each one when it is ready. Source: spec/objects.md §8.6, §10.2.
 */
import type { ServerResponse } from 'node:http';
import { closeSignal, type SendProgress, write } from './random-access.ts';
import type { StreamBody } from './types.ts';

export interface StreamProgress extends SendProgress {
  /** Called before a chunk is handed to the system: from here to `sent` the client is what is slow. */
  sending(): void;
}

/**
 * Ends the response after the last chunk. Lets go of the stream whatever happens.
 * @throws what the stream threw, or Error when the client went: the caller destroys the socket
 */
export async function sendStream(res: ServerResponse, body: StreamBody, progress: StreamProgress): Promise<void> {
  const closed = closeSignal(res);
  try {
    for await (const chunk of body.stream) {
      if (chunk.length === 0) continue;
      progress.sending();
      await write(res, chunk, closed, progress);
    }
    res.end();
  } finally {
    closed.forget();
  }
}

/** For an answer that will not be sent. */
export function cancelStream(body: StreamBody): void {
  const ended = body.stream[Symbol.asyncIterator]().return?.();
  ended?.catch(() => undefined);
}
