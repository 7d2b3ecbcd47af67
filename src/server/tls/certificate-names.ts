/** Which names a certificate for a client of ours carries. Source: spec/clients.md §2. */
import { isIP } from 'node:net';
import type { HostResolver } from '../../http/host.ts';

const DNS_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+$/;

/**
 * One certificate serves all buckets of a region: a client meets one for each bucket it talks to, and so many would be
 * made.
 * @param name lower case, as the client asks for it @returns undefined for names that are not ours
 */
export function certificateNames(name: string, hosts: HostResolver): readonly string[] | undefined {
  if (!DNS_NAME.test(name) || isIP(name) !== 0 || !hosts.owns(name)) return undefined;
  if (isEndpoint(name, hosts)) return [`*.${name}`, name];
  const parent = name.slice(name.indexOf('.') + 1);
  if (isEndpoint(parent, hosts)) return [`*.${parent}`, parent];
  return [name];
}

/** `cos.<region>.<domain>`, `s3.<domain>` and their like, whose children are buckets. */
function isEndpoint(name: string, hosts: HostResolver): boolean {
  try {
    const target = hosts.resolve(name);
    return target.type === 'path-style' && (target.region !== undefined || target.s3 === true);
  } catch {
    return false;
  }
}

/** Names of the certificate for clients that say none: those that call the server by an address. */
export function namesOfServer(
  bareHosts: readonly string[],
  listenedOn: readonly string[],
  reached: string,
): readonly string[] {
  const addresses = [...listenedOn, reached].map(plainAddress).filter((address) => isIP(address) !== 0);
  const names = ['localhost', '127.0.0.1', '::1', ...bareHosts, ...addresses];
  return [...new Set(names)].filter((name) => name !== '0.0.0.0' && name !== '::');
}

/** Without a zone, and IPv4 as such: `::ffff:127.0.0.1` is what a socket for both families says. */
export function plainAddress(address: string): string {
  return address.replace(/%.*/, '').replace(/^::ffff:(?=\d+\.)/i, '');
}
