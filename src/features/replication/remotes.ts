/** Buckets of other deployments as destinations: what replication asks of whoever can reach them. */
import type { BodyStream } from '../../model/body.ts';
import type { ReplicaMeta } from './replica.ts';

export interface RemoteBucket {
  readonly bucket: string;
  readonly region: string;
}

/** `refused`: it will never take this version. `later`: this one shall be tried again. `away`: so shall everything. */
export type RemoteFailure = 'refused' | 'later' | 'away';

export class RemoteError extends Error {
  readonly failure: RemoteFailure;

  /** @param message for administrators: no secrets */
  constructor(failure: RemoteFailure, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RemoteError';
    this.failure = failure;
  }
}

export interface Remote {
  /**
   * What its bucket is like; asked when rules are set.
   * @throws RemoteError
   */
  look(destination: RemoteBucket): Promise<'ready' | 'not-versioned' | 'missing'>;
  /**
   * Sends one version or marker. Sent twice it is there once, where the other side keeps version ids.
   * @throws RemoteError
   */
  send(destination: RemoteBucket, key: string, meta: ReplicaMeta, body: BodyStream, signal: AbortSignal): Promise<void>;
}

export interface Remotes {
  /**
   * @param bucket full name of the destination
   * @param appid of the source: an account may have other accounts' buckets only where the operator says so
   * @returns undefined for buckets of this deployment
   */
  find(bucket: string, appid: string): Remote | 'not-allowed' | undefined;
}

export const NO_REMOTES: Remotes = { find: () => undefined };
