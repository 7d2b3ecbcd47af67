/** Where the certificates of a server come from: the operator's files, or the local authority. Loaded when needed. */
import type { HostResolver } from '../../http/host.ts';
import type { TlsContexts } from '../../http/tls-door.ts';
import { openLocalAuthority } from '../../platform/certificates/local-authority.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ServerConfig } from '../../platform/config/index.ts';
import type { Log } from '../../platform/log.ts';
import type { App } from '../app.ts';
import { CertifiedContexts } from './contexts.ts';
import { DomainContexts } from './domain-contexts.ts';
import { OperatorsContext } from './operators-context.ts';

/** @throws CertificateError; Node's own errors when a file cannot be read or written */
export async function openContexts(
  config: Pick<ServerConfig, 'tls' | 'data' | 'bareHosts' | 'host'>,
  { hosts, services }: Pick<App, 'hosts' | 'services'>,
  clock: Clock,
  log: Log,
): Promise<TlsContexts> {
  return new DomainContexts(services.domains, await openOwnContexts(config, hosts, clock, log));
}

async function openOwnContexts(
  config: Parameters<typeof openContexts>[0],
  hosts: HostResolver,
  clock: Clock,
  log: Log,
): Promise<TlsContexts> {
  const { cert, key } = config.tls;
  if (cert !== undefined && key !== undefined) return new OperatorsContext({ cert, key }, clock, log);
  const authority = await openLocalAuthority(config.data, clock);
  for (const note of authority.notes) log.warn(note);
  if (authority.made) log.info('a local certificate authority was made: see cosette trust', { file: authority.file });
  return new CertifiedContexts({
    certify: (names) => authority.certify(names),
    hosts,
    bareHosts: config.bareHosts,
    listenedOn: config.host,
    clock,
  });
}
