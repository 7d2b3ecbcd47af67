/** Records of the DNS by name. A look-up that fails finds nothing: nobody proves anything by it. */
import { Resolver } from 'node:dns/promises';

export interface DnsRecordsOptions {
  /** `address` or `address:port`, at least one. Default: those of the system. */
  readonly servers?: readonly string[];
  /** For one question. ms */
  readonly timeoutMs: number;
}

const TRIES = 2;
/** Records looked at; nobody needs more for one name. */
const MOST = 100;

export class DnsRecords {
  readonly #options: DnsRecordsOptions;

  /** @throws Node's own errors for a server that is no address */
  constructor(options: DnsRecordsOptions) {
    this.#options = options;
    this.#resolver();
  }

  /** Lower case, without the dot at the end. */
  async cname(name: string): Promise<readonly string[]> {
    const found = await orNone(this.#resolver().resolveCname(name));
    return found.map((host) => host.toLowerCase().replace(/\.$/, ''));
  }

  /** The pieces of each text put together. */
  async txt(name: string): Promise<readonly string[]> {
    const found = await orNone(this.#resolver().resolveTxt(name));
    return found.map((pieces) => pieces.join(''));
  }

  /** One for each question: what the system says is read anew, and no answer is kept. */
  #resolver(): Resolver {
    const resolver = new Resolver({ timeout: this.#options.timeoutMs, tries: TRIES });
    const { servers } = this.#options;
    if (servers !== undefined) resolver.setServers(servers);
    return resolver;
  }
}

async function orNone<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return (await asked).slice(0, MOST);
  } catch {
    return [];
  }
}
