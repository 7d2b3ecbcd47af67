/**
 * CONNECT: a client takes this server for its proxy and asks for a way to one of the server's own names. The way ends
 * here: what comes through is TLS, which is answered with a certificate for the name, or plain HTTP. Source:
 * RFC 9110 §9.3.6, spec/clients.md §2.
 */
import type { Socket } from 'node:net';
import { CosError } from '../errors/cos-error.ts';

/** Which names a client may reach through this server: its own. There is no other side to a tunnel. */
export interface ProxyRules {
  /** @param authority of an absolute-form target, with or without port */
  ownsTarget(authority: string): boolean;
  /** @param authority of a CONNECT, with port @param localAddress the address that the client reached */
  ownsTunnel(authority: string, localAddress: string): boolean;
  /** A foreign name was refused. */
  onRefused(authority: string, method: string, remoteAddress: string): void;
}

/** The first byte of a TLS record that holds a handshake. */
const HANDSHAKE = 0x16;
const AUTHORITY = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,255}):\d{1,5}$/;

/** @throws CosError BadRequest */
export function requireAuthority(target: string | undefined): string {
  if (target !== undefined && AUTHORITY.test(target)) return target;
  throw new CosError('BadRequest', { message: 'The target of CONNECT must be a host name and a port.', close: true });
}

export function foreignName(): CosError {
  return new CosError('AccessDenied', {
    message: 'This server is a proxy for its own names only: nothing was sent to the name of this request.',
    close: true,
  });
}

/** Tunnels through which nothing has come yet. */
export class Tunnels {
  readonly #timeoutMs: number;
  readonly #pending = new Set<Socket>();

  /** @param timeoutMs from the opening to the first byte */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Says that the tunnel is open, and looks at its first byte.
   * @param head bytes that came behind the CONNECT
   * @param entered called with whether the client begins to speak TLS; what was looked at can be read again
   */
  open(socket: Socket, head: Buffer, requestId: string, entered: (tls: boolean) => void): void {
    this.#pending.add(socket);
    const late = setTimeout(() => socket.destroy(), this.#timeoutMs);
    const over = (): void => {
      clearTimeout(late);
      this.#pending.delete(socket);
    };
    socket.once('close', over);
    if (head.length > 0) socket.unshift(head);
    socket.write(`HTTP/1.1 200 Connection Established\r\nx-cos-request-id: ${requestId}\r\n\r\n`);
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      over();
      socket.removeListener('close', over);
      if (first === null) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      entered(first[0] === HANDSHAKE);
    });
  }

  /** Cuts the tunnels through which nothing came. */
  close(): void {
    for (const socket of this.#pending) socket.destroy();
  }
}
