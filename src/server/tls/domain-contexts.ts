/** Certificates that buckets have for their domains, before those of the server. */
import { createSecureContext, type SecureContext } from 'node:tls';
import { LRUCache } from 'lru-cache';
import { openKey } from '../../features/domains/certificates.ts';
import type { DomainIndex } from '../../features/domains/domain-index.ts';
import type { DomainPorts } from '../../features/domains/ports.ts';
import type { DomainRecord } from '../../features/domains/records.ts';
import type { TlsContexts } from '../../http/tls-door.ts';

/** Contexts kept at once; each takes some 25 KiB. */
const MOST_CONTEXTS = 256;

export interface BoundDomains extends Pick<DomainPorts, 'sealer'> {
  readonly index: DomainIndex;
}

interface Kept {
  /** Another state of the domain has another record. */
  readonly record: DomainRecord;
  /** undefined: the key cannot be opened */
  readonly context: SecureContext | undefined;
}

export class DomainContexts implements TlsContexts {
  readonly #domains: BoundDomains;
  readonly #others: TlsContexts;
  readonly #kept = new LRUCache<string, Kept>({ max: MOST_CONTEXTS });

  /** @param others for every other name */
  constructor(domains: BoundDomains, others: TlsContexts) {
    this.#domains = domains;
    this.#others = others;
  }

  contextFor(name: string | undefined, localAddress: string): SecureContext {
    return this.#ofDomain(name) ?? this.#others.contextFor(name, localAddress);
  }

  #ofDomain(name: string | undefined): SecureContext | undefined {
    const record = name === undefined ? undefined : this.#domains.index.find(name);
    if (name === undefined || record?.certificate === undefined || !record.enabled) return undefined;
    const kept = this.#kept.get(name);
    if (kept?.record === record) return kept.context;
    const key = openKey(this.#domains, name, record);
    const context = key === undefined ? undefined : createSecureContext({ cert: record.certificate.chain, key });
    this.#kept.set(name, { record, context });
    return context;
  }
}
