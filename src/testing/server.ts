/** A server inside of the process of a test. */
import { type FirstAccount, KEY_FILE } from '../access/key-file.ts';
import { createFaultRules } from '../cos/fault-rules.ts';
import type { FaultRules } from '../features/faults/rules.ts';
import type { WireServer } from '../http/server.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { TestClock } from '../platform/test-clock.ts';
import { TestFolder } from '../platform/test-folder.ts';
import { type MemoryStore, openMemoryStore } from '../store/memory/index.ts';
import { type Beginning, beginInFolder, beginInMemory, setAhead } from './beginning.ts';
import { clockOf } from './clock.ts';
import { RequestLog } from './request-log.ts';
import { configFor } from './settings.ts';
import { type Keys, readState, type SnapshotParts, StateSnapshot, secretsOf, stateFiles } from './snapshot.ts';
import { Stage } from './stage.ts';
import type {
  Cosette,
  CosetteClock,
  CosetteFaults,
  CosSdkOptions,
  Credentials,
  LogLine,
  RecordedRequest,
  RequestFilter,
  S3SdkOptions,
  Snapshot,
  StartOptions,
} from './types.ts';
import { type Served, wireFor } from './wire.ts';

const HOST = '127.0.0.1';

/** What stays the same from the start to the stop. */
interface Fixed {
  readonly config: ServerConfig;
  readonly log: Log;
  readonly clock: TestClock;
  readonly requests: RequestLog;
  readonly faults: FaultRules;
  readonly newStore: () => MemoryStore;
  /** The file that it begins with. */
  readonly snapshot: string | undefined;
  /** undefined: on a folder. */
  readonly beginning: Beginning | undefined;
  /** undefined: in memory. */
  readonly folder: TestFolder | undefined;
}

export class TestServer implements Cosette {
  readonly endpoint: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly clock: CosetteClock;
  readonly faults: CosetteFaults;
  readonly #fixed: Fixed;
  readonly #served: Served;
  readonly #wire: WireServer;
  /** undefined: on a folder. */
  #keys: Keys | undefined;
  /** Moves of the clock, `reset`, `snapshot`, `restore` and `stop` follow each other. */
  #last: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  private constructor(fixed: Fixed, served: Served, wire: WireServer) {
    const { secretId, secretKey, appid, uin } = served.stage.account;
    this.#fixed = fixed;
    this.#served = served;
    this.#wire = wire;
    this.#keys = fixed.beginning?.keys;
    this.port = wire.addresses[0]!.port;
    this.endpoint = `http://${HOST}:${this.port}`;
    this.credentials = Object.freeze({ secretId, secretKey, appid, uin, region: fixed.config.region });
    // Types for the world outside name no code of the table; rules are checked when they are added.
    this.faults = fixed.faults as CosetteFaults;
    this.clock = clockOf(
      fixed.clock,
      (work) => this.#next(work),
      () => served.stage.app.jobs,
    );
  }

  /** @throws ConfigError, RangeError, StoreError, KeyFileError, or the error of node:net for a port that is taken */
  static async start(options: StartOptions): Promise<TestServer> {
    const { memoryBytes, snapshot } = options;
    const config = configFor(options);
    const clock = new TestClock();
    const newStore = () => openMemoryStore(memoryBytes === undefined ? {} : { capacityBytes: memoryBytes });
    const folder = options.folder === undefined ? undefined : await TestFolder.look(options.folder);
    const beginning = folder === undefined ? await beginInMemory(config, clock, newStore, snapshot) : undefined;
    const fixed: Fixed = {
      config,
      log: logOf(options.onLog),
      clock,
      requests: new RequestLog(options.rememberRequests),
      faults: createFaultRules(clock),
      newStore,
      snapshot,
      beginning,
      folder,
    };
    const stage = beginning === undefined ? await beginFolder(fixed, undefined) : await beginMemory(fixed, beginning);
    const served: Served = { stage, change: undefined };
    const wire = wireFor(served, fixed);
    try {
      await wire.listen(HOST, config.port);
    } catch (error) {
      await stage.close(0);
      throw error;
    }
    return new TestServer(fixed, served, wire);
  }

  bucket(name: string): string {
    return `${name}-${this.credentials.appid}`;
  }

  cos(): CosSdkOptions {
    const { secretId, secretKey } = this.credentials;
    return {
      SecretId: secretId,
      SecretKey: secretKey,
      Protocol: 'http:',
      Ip: `${HOST}:${this.port}`,
      SystemClockOffset: this.clock.offsetMs,
    };
  }

  s3(): S3SdkOptions {
    const { secretId, secretKey, region } = this.credentials;
    return {
      endpoint: this.endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId: secretId, secretAccessKey: secretKey },
      systemClockOffset: this.clock.offsetMs,
    };
  }

  requests(filter?: RequestFilter): RecordedRequest[] {
    return this.#fixed.requests.list(filter);
  }

  clearRequests(): void {
    this.#fixed.requests.clear();
  }

  reset(): Promise<void> {
    return this.#next(async () => {
      const { folder, clock, faults, beginning, requests } = this.#fixed;
      folder?.assertOwn();
      clock.resume();
      faults.clear();
      if (folder !== undefined) await this.#renew(folder);
      else if (beginning !== undefined) {
        setAhead(clock, beginning.offsetMs);
        await this.#replace(beginning.store(), this.#keys ?? beginning.keys);
      }
      requests.clear();
    });
  }

  snapshot(): Promise<Snapshot> {
    return this.#next(async () => {
      const { clock } = this.#fixed;
      const { appid, uin } = this.credentials;
      const { store, keys } = this.#memory('snapshot');
      const parts = { store: store.copy(), appid, uin, offsetMs: clock.offsetMs, ...keys };
      return new StateSnapshot(this.clock.now(), parts, this.credentials);
    });
  }

  restore(snapshot: Snapshot | string): Promise<void> {
    return this.#next(async () => {
      const { keys } = this.#memory('restore');
      const { store, appid, uin, offsetMs, secret, keyring } = await this.#partsOf(snapshot, keys);
      if (appid !== this.credentials.appid || uin !== this.credentials.uin) {
        throw new Error(`the snapshot belongs to the account ${appid} (UIN ${uin})`);
      }
      setAhead(this.#fixed.clock, offsetMs);
      await this.#replace(typeof snapshot === 'string' ? store : store.copy(), { secret, keyring });
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#last.then(async () => {
      const { drainMs } = this.#fixed.config;
      await this.#wire.close(drainMs);
      await this.#served.stage.close(drainMs);
    });
    return this.#stopped;
  }

  /** @throws Error for a folder */
  #memory(what: string): { store: MemoryStore; keys: Keys } {
    const { store } = this.#served.stage;
    const keys = this.#keys;
    if (store !== undefined && keys !== undefined) return { store, keys };
    throw new Error(
      `${what} is for servers in memory: this one keeps its state in a folder (\`cosette snapshot\` is for those)`,
    );
  }

  async #partsOf(snapshot: Snapshot | string, keys: Keys): Promise<SnapshotParts> {
    if (typeof snapshot !== 'string') return StateSnapshot.partsOf(snapshot);
    return (await readState(snapshot, this.#fixed.newStore(), this.#fixed.clock, keys)).parts;
  }

  /** Requests that run end on the old state, those that come go to the new one. */
  async #replace(store: MemoryStore, keys: Keys): Promise<void> {
    const old = this.#served.stage;
    this.#served.stage = await openMemory(this.#fixed, store, old.account, keys);
    this.#keys = keys;
    await old.close(this.#fixed.config.drainMs);
  }

  /** One folder has one state at a time: requests that come wait. */
  async #renew(folder: TestFolder): Promise<void> {
    const old = this.#served.stage;
    const change = (async () => {
      await old.close(this.#fixed.config.drainMs);
      this.#served.stage = await beginAgain(this.#fixed, folder);
    })();
    this.#served.change = change;
    try {
      await change;
    } finally {
      this.#served.change = undefined;
    }
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    if (this.#stopped !== undefined) return Promise.reject(new Error('the server was stopped'));
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** On a folder, after what the option `snapshot` names was put into it. @param pair the key file that stays */
async function beginFolder(fixed: Fixed, pair: Buffer | undefined): Promise<Stage> {
  const { config, clock, folder, snapshot } = fixed;
  if (folder !== undefined && snapshot !== undefined) {
    setAhead(clock, await beginInFolder(config, folder, clock, snapshot, pair));
  }
  return openFolder(fixed);
}

async function beginAgain(fixed: Fixed, folder: TestFolder): Promise<Stage> {
  // The pair stays.
  const pair = fixed.snapshot === undefined ? undefined : await folder.read(KEY_FILE);
  await folder.empty(pair === undefined ? KEY_FILE : '');
  return beginFolder(fixed, pair);
}

function beginMemory(fixed: Fixed, { store, account, keys, offsetMs }: Beginning): Promise<Stage> {
  setAhead(fixed.clock, offsetMs);
  return openMemory(fixed, store(), account, keys);
}

/** On a folder, which has its own account and keys. */
function openFolder({ config, log, clock, faults }: Fixed): Promise<Stage> {
  return Stage.open(config, { clock, log, faults });
}

function openMemory(
  { config, log, clock, faults }: Fixed,
  store: MemoryStore,
  account: FirstAccount,
  keys: Keys,
): Promise<Stage> {
  const given = {
    secrets: secretsOf(keys),
    keyring: keys.keyring,
    stateFiles: async (withKeys: boolean) => stateFiles(account, keys, withKeys),
  };
  return Stage.open(config, { clock, log, faults, account, ...given }, store);
}

function logOf(onLog: ((line: LogLine) => void) | undefined): Log {
  if (onLog === undefined) return silentLog;
  const teller = (level: LogLine['level']) => (message: string, fields?: LogLine['fields']) =>
    onLog({ level, message, fields: fields ?? {} });
  return { ...silentLog, error: teller('error'), warn: teller('warn'), info: teller('info'), debug: teller('debug') };
}
