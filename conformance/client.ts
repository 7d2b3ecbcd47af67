/** What the runner knows of a client: how to find out whether it can run here, and how to start its driver. */
import { KEYS } from './cases/keys.ts';

/** Where the service is, and what the driver may use there. */
export interface Facts {
  /** `host:port` that connections go to instead of the names of the service; undefined: the real service. */
  readonly address: string | undefined;
  /** PEM of the authority behind the server's certificates; undefined: those that everybody trusts, or not known. */
  readonly caFile: string | undefined;
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

/** A program that knows the service by its own https names alone: what it needs beside `HTTPS_PROXY`. */
export interface Application extends Installed {
  /** Variables of the environment by which its runtime is told of an authority. */
  readonly trust: readonly string[];
  /** What a reader of the results must know. */
  readonly note: string;
}

/** Why a client does not run here, or at all. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** The cases of clients that speak S3: libraries, and tools that people type. */
export type S3Group = 's3' | 's3-tools';

export interface Client {
  readonly name: string;
  readonly title: string;
  /** Absent: the client speaks COS. */
  readonly s3?: S3Group;
  /**
   * Finds the runtime, and installs what is missing into the folder, which is the client's own and kept between runs.
   * @throws Skipped saying why the client cannot run here
   */
  prepare(folder: string): Promise<Installed>;
  /**
   * The same for the form `proxy`; absent: the client has no program for it.
   * @throws Skipped saying why the client cannot run here
   */
  application?(folder: string): Promise<Application>;
}

/** Folders of a run. */
export interface Folders {
  /** Removed after the run. */
  readonly scratch: string;
  /** Kept until the next run, for people to look at. */
  readonly output: string;
}

/** Facts as the environment of a driver. */
export function environmentOf(facts: Facts, caseIds: readonly string[], folders: Folders): Record<string, string> {
  return {
    CONFORMANCE_ADDRESS: facts.address ?? '',
    CONFORMANCE_SCHEME: facts.address === undefined ? 'https' : 'http',
    CONFORMANCE_CA: facts.caFile ?? '',
    CONFORMANCE_SECRET_ID: facts.secretId,
    CONFORMANCE_SECRET_KEY: facts.secretKey,
    CONFORMANCE_APPID: facts.appid,
    CONFORMANCE_REGION: facts.region,
    CONFORMANCE_BUCKET: facts.bucket,
    CONFORMANCE_VERSIONED_BUCKET: facts.versionedBucket,
    CONFORMANCE_KEYS: JSON.stringify(KEYS),
    CONFORMANCE_CASES: JSON.stringify(caseIds),
    CONFORMANCE_SCRATCH: folders.scratch,
    CONFORMANCE_OUTPUT: folders.output,
  };
}

/** Environment of an application: the real service, `HTTPS_PROXY`, and an authority. */
export function applicationEnvironment(
  facts: Facts,
  caseIds: readonly string[],
  folders: Folders,
  { trust }: Application,
): Record<string, string> {
  const { address, caFile } = facts;
  if (address === undefined || caFile === undefined) throw new Error('the form proxy needs an authority to trust');
  return {
    ...environmentOf({ ...facts, address: undefined, caFile: undefined }, caseIds, folders),
    HTTPS_PROXY: `http://${address}`,
    ...Object.fromEntries(trust.map((name) => [name, caFile])),
  };
}
