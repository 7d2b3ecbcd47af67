/** What custom domains need of the world, and of the deployment. */
import type { Sealer } from '../../access/secrets.ts';
import { memorySecrets } from '../../access/secrets.ts';

/** Records of the DNS; a name without any has none, and so has one that cannot be looked up. */
export interface DnsLookup {
  /** Lower case, without the dot at the end. */
  cname(name: string): Promise<readonly string[]>;
  txt(name: string): Promise<readonly string[]>;
}

export interface DomainPorts {
  readonly dns: DnsLookup;
  /** The bucket that one of the deployment's own hosts names, in full; undefined for every other host. */
  readonly bucketOfHost: (host: string) => string | undefined;
  /** Whether a host has a meaning already: a bucket, the service, the server itself. */
  readonly isOwnHost: (host: string) => boolean;
  /** Whether an account may bind a domain only if it shows that it is its own. */
  readonly mustProve: (appid: string) => boolean;
  /** Domains in lower case that the operator declares unlicensed, with everything below them. */
  readonly unlicensed: readonly string[];
  /** For keys of certificates. */
  readonly sealer: Sealer;
}

export const SEALER_LABEL = 'domain-certificates';

/** No DNS, and no host of the deployment's own: for semantics without a server around them. */
export function isolatedPorts(): DomainPorts {
  return {
    dns: { cname: async () => [], txt: async () => [] },
    bucketOfHost: () => undefined,
    isOwnHost: () => false,
    mustProve: () => false,
    unlicensed: [],
    sealer: memorySecrets().sealer(SEALER_LABEL),
  };
}

export function isUnlicensed({ unlicensed }: Pick<DomainPorts, 'unlicensed'>, name: string): boolean {
  return unlicensed.some((domain) => name === domain || name.endsWith(`.${domain}`));
}
