/**
 * All bound domains in memory: they are looked up for every request and every handshake, where nothing can wait. Rows
 * are the truth; each process reads them again when the generation row says that something changed.
 */
import { afterPrefix, DOMAINS } from '../../model/keys.ts';
import type { MetaStore, Row } from '../../store/meta-store.ts';
import { type DomainRecord, unpackDomain } from './records.ts';

interface Known {
  readonly version: number;
  readonly record: DomainRecord;
}

/** Rounds of reading that something changed in: the next refresh goes on. */
const MAX_ROUNDS = 8;
const PAGE_ROWS = 500;

export class DomainIndex {
  readonly #meta: Pick<MetaStore, 'get' | 'scan'>;
  #generation = 0;
  #known: ReadonlyMap<string, Known> = new Map();
  #last: Promise<void> = Promise.resolve();

  constructor(meta: Pick<MetaStore, 'get' | 'scan'>) {
    this.#meta = meta;
  }

  /** As of the last refresh. @param name lower case */
  find(name: string): DomainRecord | undefined {
    // One comparison where no domain is bound at all.
    return this.#known.size === 0 ? undefined : this.#known.get(name)?.record;
  }

  /** Sees what was changed, here or by another process. One look-up while nothing was. @throws StoreError */
  refresh(): Promise<void> {
    const turn = this.#last.then(
      () => this.#refresh(),
      () => this.#refresh(),
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #refresh(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const generation = await domainGeneration(this.#meta);
      if (generation === this.#generation) return;
      const known = await this.#read();
      // Several pages are no snapshot: they are one when nothing has changed meanwhile.
      if (generation !== (await domainGeneration(this.#meta))) continue;
      this.#known = known;
      this.#generation = generation;
      return;
    }
  }

  async #read(): Promise<Map<string, Known>> {
    const known = new Map<string, Known>();
    const to = afterPrefix(DOMAINS);
    let from: Buffer | undefined = DOMAINS;
    while (from !== undefined) {
      const page: { rows: Row[]; resume?: Buffer } = await this.#meta.scan({ from, to, limit: PAGE_ROWS });
      for (const { key, value, version } of page.rows) {
        if (key.length === DOMAINS.length) continue;
        const name = key.toString('latin1', DOMAINS.length);
        const before = this.#known.get(name);
        known.set(name, before?.version === version ? before : { version, record: unpackDomain(value) });
      }
      from = page.resume;
    }
    return known;
  }
}

/** Version of the row that every change of a domain rewrites; 0 before the first. */
export async function domainGeneration(meta: Pick<MetaStore, 'get'>): Promise<number> {
  const [row] = await meta.get([DOMAINS]);
  return row?.version ?? 0;
}
