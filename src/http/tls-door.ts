/**
 * Handshakes: from a socket on which a client begins to speak TLS to one that carries HTTP. Loaded by the first server
 * that needs it.
 */
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';

/** Certificates by the name a client asks for. */
export interface TlsContexts {
  /**
   * @param name lower case, as the client says (SNI); undefined when it says none
   * @param localAddress the address that the client reached
   * @returns for a name that is not ours, that of no name
   */
  contextFor(name: string | undefined, localAddress: string): SecureContext;
}

export class TlsDoor {
  readonly #contexts: TlsContexts;
  readonly #timeoutMs: number;
  readonly #onError: (error: unknown) => void;
  /** Sockets whose handshake is not over. */
  readonly #pending = new Set<Socket>();

  /**
   * @param timeoutMs for one handshake, from its beginning
   * @param onError told when there is no certificate; a client that fails is not worth a word
   */
  constructor(contexts: TlsContexts, timeoutMs: number, onError: (error: unknown) => void) {
    this.#contexts = contexts;
    this.#timeoutMs = timeoutMs;
    this.#onError = onError;
  }

  /** Handshakes that run now. */
  get pending(): number {
    return this.#pending.size;
  }

  /** @param entered called with the socket inside once the handshake is over; a client that fails is cut */
  accept(raw: Socket, entered: (inside: TLSSocket) => void): void {
    raw.on('error', ignore);
    if (raw.destroyed) return;
    const localAddress = raw.localAddress ?? '';
    let inside: TLSSocket;
    try {
      inside = new TLSSocket(raw, {
        isServer: true,
        ALPNProtocols: ['http/1.1'],
        secureContext: this.#contexts.contextFor(undefined, localAddress),
        SNICallback: (name, done) => {
          try {
            done(null, this.#contexts.contextFor(name.toLowerCase(), localAddress));
          } catch (error) {
            this.#onError(error);
            done(error as Error);
          }
        },
      });
    } catch (error) {
      this.#onError(error);
      raw.destroy();
      return;
    }
    this.#pending.add(raw);
    const late = setTimeout(() => raw.destroy(), this.#timeoutMs);
    const over = (): void => {
      clearTimeout(late);
      this.#pending.delete(raw);
    };
    raw.once('close', over);
    inside.on('error', ignore);
    inside.once('secure', () => {
      over();
      // Asked now, since it cannot be told any more when the client has gone by the time its request is logged.
      if (inside.remoteAddress === undefined) inside.destroy();
      else entered(inside);
    });
  }

  /** Cuts the handshakes that are not over. */
  close(): void {
    for (const raw of this.#pending) raw.destroy();
  }
}

/** A socket that fails is closed as well, and that is what counts. */
function ignore(): void {}
