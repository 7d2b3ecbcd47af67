/** What `cosette/testing` offers. Names nothing else, so that the published declarations stand alone. */

export interface StartOptions {
  /** Keep everything in this folder, as `cosette serve --data` does. Default: in memory, gone with `stop`. */
  readonly folder?: string;
  /**
   * Begin with the state in this file: one that `cosette snapshot save` or `Snapshot.save` wrote. Account, keys and clock
   * are those of the snapshot; `credentials` may be others. A `folder` has to be empty.
   */
  readonly snapshot?: string;
  /** TCP port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Region where a request names none. Default `ap-guangzhou`. */
  readonly region?: string;
  /** SecretId and SecretKey of the first account. Default: a pair made for this server. */
  readonly credentials?: { readonly secretId: string; readonly secretKey: string };
  /** 5 to 15 digits. Default `1250000000`. */
  readonly appid?: string;
  /** 5 to 15 digits. Default `100000000001`. */
  readonly uin?: string;
  /**
   * Further settings by their names in docs/configuration.md: `{ errors: { profile: 'current' }, graceMs: 0 }`. Not
   * those about addresses, TLS, logs and what other options say.
   */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Requests that `requests()` remembers, the latest ones; 0 to 100,000. Default 1,000. */
  readonly rememberRequests?: number;
  /** What rows and bodies in memory may hold together, bytes; more is a full disk. Default 2 GiB. */
  readonly memoryBytes?: number;
  /** Is told what the server would write to its log: internal errors above all. */
  readonly onLog?: (line: LogLine) => void;
}

export interface LogLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Credentials {
  readonly secretId: string;
  readonly secretKey: string;
  readonly appid: string;
  readonly uin: string;
  readonly region: string;
}

/** Options of `cos-nodejs-sdk-v5`, for `new COS(…)`. */
export interface CosSdkOptions {
  SecretId: string;
  SecretKey: string;
  Protocol: 'http:';
  /** Where the connections go; names of hosts stay Tencent's. */
  Ip: string;
  /** How far the server's clock was ahead, ms. Later moves the SDK follows by itself, after one refused request. */
  SystemClockOffset: number;
}

/** Options of `@aws-sdk/client-s3`, for `new S3Client(…)`. */
export interface S3SdkOptions {
  endpoint: string;
  region: string;
  /** The bucket is in the path: an address has no names below it. */
  forcePathStyle: true;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** How far the server's clock was ahead, ms. Later moves the SDK follows by itself, after one refused request. */
  systemClockOffset: number;
}

/** A request that has been answered. No signature, no token and no key of a client is in it. */
export interface RecordedRequest {
  readonly requestId: string;
  /** When its head was complete, by the server's clock. */
  readonly at: Date;
  readonly method: string;
  /** Name of the operation in COS's documents: `PutObject`. Absent when the request did not get that far. */
  readonly operation?: string;
  /** With its APPID. */
  readonly bucket?: string;
  readonly key?: string;
  /** Raw, as sent. */
  readonly path: string;
  /** Decoded; of a name that stands several times, the last. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case, values cut at 1,024 characters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secretId?: string;
  readonly status: number;
  /** Code of the error document. */
  readonly code?: string;
  /** Ids of the fault rules that it met, separated by commas. */
  readonly fault?: string;
  /** Body bytes sent. */
  readonly bytes: number;
  /** From the complete head to the end of the answer. */
  readonly ms: number;
}

/** All that is given has to be equal. */
export type RequestFilter = Partial<
  Pick<RecordedRequest, 'method' | 'operation' | 'bucket' | 'key' | 'status' | 'code' | 'fault' | 'secretId'>
>;

/** Which requests, which of these, and what they meet: docs/faults.md. */
export type FaultRule =
  | {
      /** Default: `f1`, `f2` … */
      readonly id?: string;
      /** All that is given has to hold; `*` stands for any characters. */
      readonly match?: {
        readonly operations?: readonly string[];
        readonly bucket?: string;
        readonly keyPattern?: string;
        readonly secretId?: string;
        readonly uin?: string;
        readonly header?: { readonly name: string; readonly value?: string };
      };
      /** All that is given has to hold. */
      readonly when?: {
        readonly percent?: number;
        readonly seed?: number;
        readonly first?: number;
        readonly every?: number;
        readonly count?: number;
      };
      readonly effect: FaultEffect;
    }
  | { readonly id?: string; readonly set: 'name-profile'; readonly match: { readonly bucket: string } };

export type FaultEffect =
  /** A code of docs/errors.md. `at`: before the operation (the default), or once it was carried out. */
  | { readonly error: string; readonly status?: number; readonly at?: 'before' | 'after' }
  | { readonly delayMs: number }
  /** bytes a second */
  | { readonly bandwidth: number }
  | { readonly reset: 'before' | 'after' }
  /** bytes of the body that was announced */
  | { readonly truncateAfter: number }
  | { readonly wrongCrc: true }
  /** ms */
  | { readonly staleList: number };

/** A rule with what it has done: requests that it was about, and those that met it. */
export type FaultRuleState = FaultRule & { readonly id: string; readonly matched: number; readonly fired: number };

export interface CosetteFaults {
  /** @throws Error for a rule that makes no sense, an id that is taken, or more than 100 rules */
  add(rule: FaultRule): FaultRuleState;
  list(): FaultRuleState[];
  /** One rule, or all of them. @returns how many there were */
  clear(id?: string): number;
}

/** A background job that ran. */
export interface JobRun {
  /** As `cosette jobs` shows it: `lifecycle`, `replication` … */
  readonly name: string;
  readonly runs: number;
  /** What the last run failed with. */
  readonly error?: string;
}

/**
 * The time that the server goes by: it runs on from wherever it is moved to. Each move resolves once all background work
 * that is due by then has ended.
 * @throws RangeError outside of 1970 to 9999; Error when a job runs for more than 30 s
 */
export interface CosetteClock {
  now(): Date;
  /** How far it is ahead of the system's clock, ms; negative behind it. */
  readonly offsetMs: number;
  /** @param time a Date or ms since the epoch; may lie in the past */
  set(time: Date | number): Promise<JobRun[]>;
  /** @param ms forward, from 0 on */
  advance(ms: number): Promise<JobRun[]>;
  /** Back to the time of the system. */
  resume(): Promise<JobRun[]>;
}

/** The state of a server in memory. Holds memory until it is given up; not changed by what happens afterwards. */
export interface Snapshot {
  /** By the server's clock. */
  readonly takenAt: Date;
  /** Rows and bodies, bytes. */
  readonly bytes: number;
  /**
   * Writes it to a file, for `startCosette({ snapshot })`, `restore` and `cosette snapshot restore`. The file holds the
   * key pairs; an older one of that name is replaced.
   */
  save(file: string): Promise<void>;
}

export interface Cosette {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly port: number;
  /** Of the first account, which may do everything. */
  readonly credentials: Credentials;
  readonly clock: CosetteClock;
  /** What requests meet instead of an answer, or beside it. Gone with `reset`; `restore` leaves it as it is. */
  readonly faults: CosetteFaults;
  /** Full name of a bucket of the first account: `photos` → `photos-1250000000`. */
  bucket(name: string): string;
  /** Options for `new COS(…)` of `cos-nodejs-sdk-v5`; a new object each time. */
  cos(): CosSdkOptions;
  /** Options for `new S3Client(…)` of `@aws-sdk/client-s3`; a new object each time. */
  s3(): S3SdkOptions;
  /** Answered requests, oldest first. */
  requests(filter?: RequestFilter): RecordedRequest[];
  clearRequests(): void;
  /**
   * As after the start: no buckets, no other accounts, the clock of the system, or what the option `snapshot` began with;
   * no faults, no remembered requests. Port and keys stay.
   * @throws Error for a folder that was not empty when the server started
   */
  reset(): Promise<void>;
  /** @throws Error for a folder */
  snapshot(): Promise<Snapshot>;
  /**
   * Puts rows, bodies and the clock back to where they were. May be done again and again, and on another server in this
   * process with the same APPID and UIN. @param snapshot or the file that one was saved to
   * @throws Error for a folder, or a snapshot of another account
   */
  restore(snapshot: Snapshot | string): Promise<void>;
  /** Lets running requests finish (2 s at most, or `drainMs`), then gives everything back. */
  stop(): Promise<void>;
}
