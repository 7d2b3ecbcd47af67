/** Where the certificates of a server come from: the operator's files, or the local authority. Loaded when needed. */
import { readFile } from 'node:fs/promises';
import type { HostResolver } from '../../http/host.ts';
import type { TlsContexts } from '../../http/tls-door.ts';
import { CertificateError } from '../../platform/certificates/certificate-error.ts';
import { openLocalAuthority } from '../../platform/certificates/local-authority.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ServerConfig } from '../../platform/config/index.ts';
import type { Log } from '../../platform/log.ts';
import { CertifiedContexts, FixedContext } from './contexts.ts';

/** @throws CertificateError; Node's own errors when a file cannot be read or written */
export async function openContexts(
  config: Pick<ServerConfig, 'tls' | 'data' | 'bareHosts' | 'host'>,
  hosts: HostResolver,
  clock: Clock,
  log: Log,
): Promise<TlsContexts> {
  const { cert, key } = config.tls;
  if (cert !== undefined && key !== undefined) return operatorsContext(cert, key);
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

async function operatorsContext(certFile: string, keyFile: string): Promise<TlsContexts> {
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  try {
    return new FixedContext(cert, key);
  } catch (error) {
    const why = (error as Error).message;
    throw new CertificateError(`${certFile} and ${keyFile} are no certificate and its key in PEM: ${why}`);
  }
}
