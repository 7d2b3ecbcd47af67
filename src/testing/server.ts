/** A server inside of the process of a test. */
import { randomBytes } from 'node:crypto';
import { DEFAULT_APPID, DEFAULT_UIN, type FirstAccount, KEY_FILE, token } from '../access/key-file.ts';
import { memorySecrets } from '../access/secrets.ts';
import { createFaultRules } from '../cos/fault-rules.ts';
import { MemoryKeyring } from '../features/encryption/local-keyring.ts';
import type { FaultRules } from '../features/faults/rules.ts';
import type { WireServer } from '../http/server.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { TestClock } from '../platform/test-clock.ts';
import { TestFolder } from '../platform/test-folder.ts';
import { type MemoryStore, openMemoryStore } from '../store/memory/index.ts';
import { clockOf } from './clock.ts';
import { RequestLog } from './request-log.ts';
import { configFor } from './settings.ts';
import { type Keys, StateSnapshot } from './snapshot.ts';
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
  #keys: Keys;
  /** Moves of the clock, `reset`, `snapshot`, `restore` and `stop` follow each other. */
  #last: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  private constructor(fixed: Fixed, served: Served, wire: WireServer, keys: Keys) {
    const { secretId, secretKey, appid, uin } = served.stage.account;
    this.#fixed = fixed;
    this.#served = served;
    this.#wire = wire;
    this.#keys = keys;
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
    const { folder, memoryBytes } = options;
    const config = configFor(options);
    const clock = new TestClock();
    const fixed: Fixed = {
      config,
      log: logOf(options.onLog),
      clock,
      requests: new RequestLog(options.rememberRequests),
      faults: createFaultRules(clock),
      newStore: () => openMemoryStore(memoryBytes === undefined ? {} : { capacityBytes: memoryBytes }),
      folder: folder === undefined ? undefined : await TestFolder.look(folder),
    };
    const keys = { secrets: memorySecrets(), keyring: new MemoryKeyring({ clock }) };
    const stage =
      fixed.folder === undefined
        ? await openMemory(fixed, fixed.newStore(), accountOf(config), keys)
        : await openFolder(fixed);
    const served: Served = { stage, change: undefined };
    const wire = wireFor(served, fixed);
    try {
      await wire.listen(HOST, config.port);
    } catch (error) {
      await stage.close(0);
      throw error;
    }
    return new TestServer(fixed, served, wire, keys);
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

  requests(filter?: RequestFilter): RecordedRequest[] {
    return this.#fixed.requests.list(filter);
  }

  clearRequests(): void {
    this.#fixed.requests.clear();
  }

  reset(): Promise<void> {
    return this.#next(async () => {
      const { folder, clock, faults, newStore, requests } = this.#fixed;
      folder?.assertOwn();
      clock.resume();
      faults.clear();
      if (folder === undefined) await this.#replace(newStore(), this.#keys);
      else await this.#renew(folder);
      requests.clear();
    });
  }

  snapshot(): Promise<Snapshot> {
    return this.#next(async () => {
      const { clock } = this.#fixed;
      const { appid, uin } = this.credentials;
      const store = this.#memory('snapshot').copy();
      return new StateSnapshot(this.clock.now(), { store, appid, uin, offsetMs: clock.offsetMs, ...this.#keys });
    });
  }

  restore(snapshot: Snapshot): Promise<void> {
    return this.#next(async () => {
      this.#memory('restore');
      const { store, appid, uin, offsetMs, secrets, keyring } = StateSnapshot.partsOf(snapshot);
      if (appid !== this.credentials.appid || uin !== this.credentials.uin) {
        throw new Error(`the snapshot belongs to the account ${appid} (UIN ${uin})`);
      }
      const { clock } = this.#fixed;
      clock.resume();
      clock.set(Math.round(clock.nowMs() + offsetMs));
      await this.#replace(store.copy(), { secrets, keyring });
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
  #memory(what: string): MemoryStore {
    const { store } = this.#served.stage;
    if (store === undefined) throw new Error(`${what} is for servers in memory: this one keeps its state in a folder`);
    return store;
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
      // The pair stays.
      await folder.empty(KEY_FILE);
      this.#served.stage = await openFolder(this.#fixed);
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
  return Stage.open(config, { clock, log, faults, account, ...keys }, store);
}

function accountOf({ account }: ServerConfig): FirstAccount {
  const { appid = DEFAULT_APPID, uin = DEFAULT_UIN } = account;
  const { secretId = `AKID${token(32, randomBytes)}`, secretKey = token(32, randomBytes) } = account;
  return { appid, uin, secretId, secretKey, origin: 'seeds', notes: [] };
}

function logOf(onLog: ((line: LogLine) => void) | undefined): Log {
  if (onLog === undefined) return silentLog;
  const teller = (level: LogLine['level']) => (message: string, fields?: LogLine['fields']) =>
    onLog({ level, message, fields: fields ?? {} });
  return { ...silentLog, error: teller('error'), warn: teller('warn'), info: teller('info'), debug: teller('debug') };
}
