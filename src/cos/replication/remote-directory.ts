/** Finds the deployment that a destination bucket is of, by the operator's list. */
import type { Remote, Remotes } from '../../features/replication/remotes.ts';
import type { RemoteEntry } from '../../platform/config/replication-remotes.ts';
import { Uploader } from '../../platform/outbound/upload.ts';
import { CosRemote } from './cos-remote.ts';
import { CosetteRemote } from './cosette-remote.ts';
import { SignedSender } from './endpoint.ts';

/** Of a connection to a remote, ms. */
const SILENCE_MS = 60_000;
/** To one remote. */
const CONNECTIONS = 64;

interface Known {
  readonly pattern: RegExp;
  readonly accounts: readonly string[] | undefined;
  readonly remote: Remote;
}

export class RemoteDirectory implements Remotes {
  readonly #known: readonly Known[];
  readonly #uploader = new Uploader(SILENCE_MS, CONNECTIONS);

  /** @param nowMs the time that signatures are made at */
  constructor(entries: readonly RemoteEntry[], nowMs: () => number) {
    this.#known = entries.map(({ buckets, endpoint, kind, accounts, secretId, secretKey }) => {
      const sender = new SignedSender(this.#uploader, { secretId, secretKey }, nowMs);
      const remote = kind === 'cosette' ? new CosetteRemote(sender, endpoint) : new CosRemote(sender, endpoint);
      return { pattern: patternOf(buckets), accounts, remote };
    });
  }

  find(bucket: string, appid: string): Remote | 'not-allowed' | undefined {
    const found = this.#known.find(({ pattern }) => pattern.test(bucket));
    if (found === undefined) return undefined;
    const accounts = found.accounts ?? [bucket.slice(bucket.lastIndexOf('-') + 1)];
    return accounts.includes(appid) ? found.remote : 'not-allowed';
  }

  close(): void {
    this.#uploader.close();
  }
}

/** @param names letters, digits, hyphens and `*` alone */
function patternOf(names: readonly string[]): RegExp {
  return new RegExp(`^(?:${names.map((name) => name.replaceAll('*', '[a-z0-9-]*')).join('|')})$`);
}
