/** What the watch over writes holds of a connection. */
import type { Socket } from 'node:net';
import type { Watched } from './stall-watch.ts';

/** Internals of node's sockets: the queue of the system's handle, and the socket that TLS writes to. */
interface Inside {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
  readonly _parent?: Inside | null;
}

/** Destroys a connection from which nothing leaves any more. */
export class WriteStall implements Watched {
  lastTick = 0;
  readonly #socket: Socket;
  #queued = -1;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  onStall(): void {
    // A slow client takes parts of a block: the system's queue shrinks though no write has ended.
    const queued = queuedIn(this.#socket as unknown as Inside);
    if (queued === this.#queued || queued < 0) this.#socket.destroy();
    this.#queued = queued;
  }
}

/** Bytes that wait; below 0 when that cannot be told. Under TLS they wait in both layers. */
function queuedIn({ _handle, _parent }: Inside): number {
  const own = _handle?.writeQueueSize;
  if (own === undefined) return -1;
  return _parent ? own + Math.max(0, queuedIn(_parent)) : own;
}
