/** Whose names a client may reach through this server as its proxy: the server's own. Source: spec/clients.md §2. */
import { isIP } from 'node:net';
import { type HostResolver, hostName } from '../http/host.ts';
import type { ProxyRules } from '../http/tunnel.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import type { Log } from '../platform/log.ts';
import { plainAddress } from './tls/certificate-names.ts';

/** A DNS name has at most 253. */
const LOGGED_CHARACTERS = 300;

export function proxyRules(
  hosts: HostResolver,
  config: Pick<ServerConfig, 'bareHosts' | 'host'>,
  log: Pick<Log, 'warn'>,
): ProxyRules {
  const own = new Set([...config.bareHosts, ...config.host]);
  return {
    // Any address: clients may write what they connect to in this form, whatever it is translated to on the way here.
    ownsTarget: (authority) => hosts.owns(authority),
    ownsTunnel(authority, localAddress) {
      const name = hostName(authority).replace(/^\[(.*)\]$/, '$1');
      if (isIP(name) === 0) return hosts.owns(authority);
      // A tunnel to an address is meant for another machine, unless it is this one's.
      return /^127\./.test(name) || name === '::1' || name === plainAddress(localAddress) || own.has(name);
    },
    onRefused: (authority, method, remote) =>
      log.warn('a name that is not ours was asked for as of a proxy: refused', {
        name: authority.slice(0, LOGGED_CHARACTERS),
        method,
        remote,
      }),
  };
}
