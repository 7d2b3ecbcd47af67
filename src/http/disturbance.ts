/** Connections that misbehave because the answer says so. */
import type { Socket } from 'node:net';
import type { RandomAccessBody, StreamBody } from './types.ts';

/** Waits, but no longer than the client does: until it closes its side, or the connection is gone. @param ms at most */
export function hold(socket: Socket, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const release = (): void => {
      clearTimeout(timer);
      socket.off('close', release);
      socket.off('end', release);
      resolve();
    };
    const timer = setTimeout(release, ms);
    socket.once('close', release);
    socket.once('end', release);
    if (socket.destroyed || socket.readableEnded) release();
  });
}

/** Ends a connection so that the client sees a reset. TLS can only end it in the midst. */
export function reset(socket: Socket): void {
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}

/** The end of a body that is cut short on purpose; the connection ends with it. */
export class CutShort extends Error {}

/** @returns the same payload where it has no more bytes than that */
export function cutPayload(payload: Buffer | string | undefined, bytes: number): Buffer | string | undefined {
  if (payload === undefined || Buffer.byteLength(payload) <= bytes) return payload;
  return Buffer.from(payload as string).subarray(0, bytes);
}

/** @returns the same body where it has no more bytes than that */
export function cutBlocks(body: RandomAccessBody, bytes: number): RandomAccessBody {
  if (body.length <= bytes) return body;
  return {
    start: body.start,
    length: bytes,
    ...(body.blockBytes === undefined ? {} : { blockBytes: body.blockBytes }),
    read: async (position, target) => (target.length === 0 ? 0 : body.read(position, target)),
    close: () => body.close(),
  };
}

/** @returns a body that fails with `CutShort` instead of giving more bytes than that */
export function cutStream({ stream }: StreamBody, bytes: number): StreamBody {
  async function* first(): AsyncGenerator<Buffer> {
    let left = bytes;
    for await (const chunk of stream) {
      if (chunk.length > left) {
        yield chunk.subarray(0, left);
        throw new CutShort();
      }
      left -= chunk.length;
      yield chunk;
    }
  }
  return { stream: first() };
}
