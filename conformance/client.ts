/** What the runner knows of a client: how to find out whether it can run here, and how to start its driver. */
import { KEYS } from './cases/keys.ts';

/** Where the service is, and what the driver may use there. */
export interface Facts {
  /** `host:port` that connections go to instead of the names of the service; undefined: the real service. */
  readonly address: string | undefined;
  readonly secretId: string;
  readonly secretKey: string;
  readonly appid: string;
  readonly region: string;
  /** Full name, with APPID. */
  readonly bucket: string;
  /** Another bucket, whose versioning is Enabled. */
  readonly versionedBucket: string;
}

/** A program to start. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Installed {
  readonly version: string;
  readonly driver: Command;
}

/** Why a client does not run here, or at all. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

export interface Client {
  readonly name: string;
  readonly title: string;
  /**
   * Finds the runtime, and installs what is missing into the folder, which is the client's own and kept between runs.
   * @throws Skipped saying why the client cannot run here
   */
  prepare(folder: string): Promise<Installed>;
}

/** Facts as the environment of a driver. */
export function environmentOf(facts: Facts, caseIds: readonly string[], scratch: string): Record<string, string> {
  return {
    CONFORMANCE_ADDRESS: facts.address ?? '',
    CONFORMANCE_SCHEME: facts.address === undefined ? 'https' : 'http',
    CONFORMANCE_SECRET_ID: facts.secretId,
    CONFORMANCE_SECRET_KEY: facts.secretKey,
    CONFORMANCE_APPID: facts.appid,
    CONFORMANCE_REGION: facts.region,
    CONFORMANCE_BUCKET: facts.bucket,
    CONFORMANCE_VERSIONED_BUCKET: facts.versionedBucket,
    CONFORMANCE_KEYS: JSON.stringify(KEYS),
    CONFORMANCE_CASES: JSON.stringify(caseIds),
    CONFORMANCE_SCRATCH: scratch,
  };
}
