/** Connections that misbehave because the answer says so. */
import type { Socket } from 'node:net';

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
