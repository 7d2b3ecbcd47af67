/** The certificates of one server as node:tls wants them: made when a client asks, kept while they are fresh. */
import { createSecureContext, type SecureContext } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { HostResolver } from '../../http/host.ts';
import type { TlsContexts } from '../../http/tls-door.ts';
import type { Certified } from '../../platform/certificates/local-authority.ts';
import type { Clock } from '../../platform/clock.ts';
import { certificateNames, namesOfServer, plainAddress } from './certificate-names.ts';

/** Contexts kept at once; each takes some 25 KiB. */
const MOST_CONTEXTS = 256;

interface Kept {
  readonly context: SecureContext;
  readonly renewAtMs: number;
}

export interface CertifiedContextsOptions {
  readonly certify: (names: readonly string[]) => Certified;
  readonly hosts: HostResolver;
  readonly bareHosts: readonly string[];
  /** Addresses of the listeners as configured. */
  readonly listenedOn: readonly string[];
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** A certificate for each name that is ours. */
export class CertifiedContexts implements TlsContexts {
  readonly #options: CertifiedContextsOptions;
  readonly #kept = new LRUCache<string, Kept>({ max: MOST_CONTEXTS });

  constructor(options: CertifiedContextsOptions) {
    this.#options = options;
  }

  contextFor(name: string | undefined, localAddress: string): SecureContext {
    const { hosts, bareHosts, listenedOn } = this.#options;
    const names = name === undefined ? undefined : certificateNames(name, hosts);
    return this.#contextOf(names ?? namesOfServer(bareHosts, listenedOn, plainAddress(localAddress)));
  }

  #contextOf(names: readonly string[]): SecureContext {
    const id = names.join();
    const kept = this.#kept.get(id);
    if (kept !== undefined && this.#options.clock.nowMs() < kept.renewAtMs) return kept.context;
    const { cert, key, renewAtMs } = this.#options.certify(names);
    const context = createSecureContext({ cert, key });
    this.#kept.set(id, { context, renewAtMs });
    return context;
  }
}
