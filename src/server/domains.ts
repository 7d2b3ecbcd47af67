/** Custom domains as hosts: what the resolver of hosts and the features of domains need of each other. */
import type { Secrets } from '../access/secrets.ts';
import type { DomainIndex } from '../features/domains/domain-index.ts';
import { type DomainPorts, isUnlicensed, SEALER_LABEL } from '../features/domains/ports.ts';
import type { BoundDomain, HostResolver } from '../http/host.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { DnsRecords } from '../platform/dns-records.ts';

/** What of custom domains the operator decides. */
export type DomainSettings = Pick<DomainPorts, 'dns' | 'sealer' | 'unlicensed' | 'mustProve'>;

/** @param operator APPID of the first account */
export function domainSettings(
  { domains }: Pick<ServerConfig, 'domains'>,
  secrets: Secrets,
  operator: string,
): DomainSettings {
  const { verify, unlicensed, dnsServers: servers, dnsTimeoutMs: timeoutMs } = domains;
  const dns = new DnsRecords({ timeoutMs, ...(servers.length === 0 ? {} : { servers }) });
  const mustProve = (appid: string) => verify === 'all' || (verify === 'others' && appid !== operator);
  return { dns, mustProve, unlicensed, sealer: secrets.sealer(SEALER_LABEL) };
}

/** @param hosts called for requests alone: it may be made later */
export function domainPorts(settings: DomainSettings, hosts: () => HostResolver): DomainPorts {
  return {
    ...settings,
    bucketOfHost: (host) => hosts().bucketNamed(host),
    isOwnHost: (host) => hosts().hasMeaning(host),
  };
}

/** @returns undefined for names that nobody bound, after one comparison where there are none */
export function boundDomains(
  index: () => DomainIndex,
  settings: Pick<DomainSettings, 'unlicensed'> | undefined,
): (host: string) => BoundDomain | undefined {
  return (host) => {
    const record = index().find(host);
    if (record === undefined) return undefined;
    const { bucket, enabled, type } = record;
    if (settings !== undefined && isUnlicensed(settings, host)) return { bucket, refused: 'DomainAuditFailed' };
    if (!enabled) return { bucket, refused: 'UserCnameInvalid' };
    return { bucket, website: type === 'WEBSITE', accelerated: type === 'ACCELERATE' };
  };
}
