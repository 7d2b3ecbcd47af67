/** What whoever opens the server to a network should know. */
import type { FirstAccount } from '../access/key-file.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { isLoopback } from '../platform/remote-address.ts';

/** Characters: shorter keys can be guessed. Keys that are made have 32. */
const SAFE_SECRET_KEY = 16;

/** Does the server listen to more than its own machine? Names count as more, since nobody knows what they mean. */
export function isExposed(host: readonly string[]): boolean {
  return host.some((address) => address !== 'localhost' && !isLoopback(address));
}

/** One sentence each; none while the server listens to its own machine only. */
export function exposureWarnings(config: ServerConfig, account: Pick<FirstAccount, 'secretKey'>): string[] {
  if (!isExposed(config.host)) return [];
  const found: string[] = [];
  const add = (condition: boolean, text: string): void => {
    if (condition) found.push(text);
  };
  add(
    account.secretKey.length < SAFE_SECRET_KEY,
    `the SecretKey has fewer than ${SAFE_SECRET_KEY} characters and can be guessed: take a longer one`,
  );
  add(config.tls.port === undefined, 'requests travel unencrypted: give tls.port, or put a TLS proxy in front');
  add(config.admin.remote === 'any', 'the admin API answers everybody, also unencrypted: admin.remote any');
  add(config.faults.nameProfileBuckets.length > 0, 'faults on demand are on for everybody: faults.nameProfileBuckets');
  add(config.faults.header, 'every request may ask for a fault: faults.header');
  add(config.testClock, 'the test clock is on: expired signatures can be brought back');
  add(config.signatures.failuresPerMinute === 0, 'wrong signatures are not bounded: signatures.failuresPerMinute 0');
  add(config.callbacks.enabled && config.callbacks.privateAddresses, 'callbacks may call private networks');
  return found;
}
