/** Addresses of clients as a socket tells them. */
import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const MAPPED = /^::ffff:(?=\d+\.)/i;

/** Without zone, and an IPv4 address as such where IPv6 carries it. */
export function plainAddress(address: string): string {
  const zone = address.indexOf('%');
  return (zone < 0 ? address : address.slice(0, zone)).replace(MAPPED, '');
}

/** Is the client on this machine? What is no address is not. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  const version = isIP(plain);
  return version !== 0 && LOOPBACK.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}
