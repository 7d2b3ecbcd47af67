/**
 * How many signatures from one address may fail. What is over it is told to slow down; a correct signature is always
 * taken, since a whole office may stand behind one address.
 *
 * This machine's own addresses are not counted: test suites sign wrongly on purpose, and an attacker who is here already
 * does not guess keys.
 */
import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import { isLoopback, plainAddress } from '../platform/remote-address.ts';

export interface FailedSignatureLimits {
  /** Failures of one address within the window that are answered as what they are; 0: all. */
  readonly failures: number;
  /** Default: 60,000 ms. */
  readonly windowMs?: number;
  /** Addresses that are remembered, those that failed last. Default: 10,000. */
  readonly addresses?: number;
}

interface Count {
  /** ms since the epoch */
  startMs: number;
  failures: number;
}

const WINDOW_MS = 60_000;
const ADDRESSES = 10_000;
const IPV6_NETWORK_GROUPS = 4;

export class FailedSignatures {
  readonly #failures: number;
  readonly #windowMs: number;
  readonly #counts: LRUCache<string, Count>;

  constructor({ failures, windowMs = WINDOW_MS, addresses = ADDRESSES }: FailedSignatureLimits) {
    this.#failures = failures;
    this.#windowMs = windowMs;
    this.#counts = new LRUCache({ max: addresses });
  }

  get addresses(): number {
    return this.#counts.size;
  }

  /**
   * Counts one failure.
   * @returns 0 while the address is within its limit, else seconds until it is again
   */
  failed(remoteAddress: string, nowMs: number): number {
    if (this.#failures === 0 || isLoopback(remoteAddress)) return 0;
    const address = networkOf(remoteAddress);
    let count = this.#counts.get(address);
    // A clock that was set back begins anew, too.
    if (count === undefined || nowMs - count.startMs >= this.#windowMs || nowMs < count.startMs) {
      count = { startMs: nowMs, failures: 0 };
      this.#counts.set(address, count);
    }
    count.failures += 1;
    if (count.failures <= this.#failures) return 0;
    return Math.max(1, Math.ceil((count.startMs + this.#windowMs - nowMs) / 1_000));
  }
}

/** Whoever has one IPv6 address has 2^64 of them. */
function networkOf(remoteAddress: string): string {
  const address = plainAddress(remoteAddress);
  if (!isIPv6(address)) return address;
  const [left = '', right] = address.split('::');
  const groups = left === '' ? [] : left.split(':');
  const behind = right === undefined || right === '' ? [] : right.split(':');
  while (right !== undefined && groups.length + behind.length < 8) groups.push('0');
  return [...groups, ...behind].slice(0, IPV6_NETWORK_GROUPS).join(':');
}
