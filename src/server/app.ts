/**
 * The server without its sockets: a store, the services on it, the dialect, and the background work. Entry points and
 * tests put a wire in front of it.
 */
import type { KeyRing } from '../access/identity.ts';
import { DEFAULT_APPID } from '../access/key-file.ts';
import { CosDialect } from '../cos/dialect.ts';
import type { ErrorSettings } from '../cos/errors.ts';
import type { FaultSettings } from '../cos/faults.ts';
import type { Keyring } from '../features/encryption/keyring.ts';
import { JobBoard } from '../features/jobs/board.ts';
import { HostResolver } from '../http/host.ts';
import type { WireHandler, WireRequest } from '../http/types.ts';
import { createServices, type Limits, type ObjectSettings, type Services } from '../model/services.ts';
import type { Clock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { checked } from '../store/checked.ts';
import type { Store } from '../store/store.ts';
import { adminReply, isAdminPath } from './admin.ts';
import { CHANGE_WATCHERS, createJobs } from './jobs.ts';
import { Reaper } from './reaper.ts';

export interface AppOptions {
  readonly store: Store;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly baseDomains: readonly string[];
  readonly bareHosts: readonly string[];
  readonly bareBucketNames?: boolean;
  /** APPID of the first account: of bare bucket names in requests that nobody signed. */
  readonly appid?: string;
  /** Default: `accept`. */
  readonly pathStyle?: 'accept' | 'refuse';
  readonly faults?: FaultSettings;
  readonly regions: readonly string[];
  readonly defaultRegion: string;
  readonly errors: ErrorSettings;
  /** Default: 5,000 ms. */
  readonly slowAnswerMs?: number;
  readonly limits: Partial<Limits>;
  readonly settings?: Partial<ObjectSettings>;
  /** Default: keys that end with the process. */
  readonly keyring?: Keyring;
  readonly graceMs: number;
  readonly onInternalError: (error: unknown, request: WireRequest | undefined) => void;
}

export interface App {
  readonly handler: WireHandler;
  readonly hosts: HostResolver;
  readonly services: Services;
  readonly reaper: Reaper;
  readonly jobs: JobBoard;
  /** True from the call of `drain` on: `/_cosette/health/ready` says so. */
  readonly draining: boolean;
  drain(): void;
}

export function createApp(options: AppOptions): App {
  const ids = createIds(options.clock);
  const services = createServices({
    store: checked(options.store),
    clock: options.clock,
    ids,
    processId: ids.processId(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
    limits: options.limits,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.keyring === undefined ? {} : { keyring: options.keyring }),
    graceMs: options.graceMs,
    changeWatchers: CHANGE_WATCHERS,
  });
  const hosts = new HostResolver(options);
  const dialect = new CosDialect({
    services,
    hosts,
    ...(options.pathStyle === undefined ? {} : { pathStyle: options.pathStyle }),
    ...(options.bareBucketNames === true ? { bareAppid: options.appid ?? DEFAULT_APPID } : {}),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    keyRing: options.keyRing,
    defaultRegion: options.defaultRegion,
    errors: options.errors,
    slowAnswerMs: options.slowAnswerMs ?? 5_000,
    onInternalError: options.onInternalError,
  });
  const reaper = new Reaper(services, (error) => options.onInternalError(error, undefined));
  const jobs = new JobBoard(options.clock, (error) => options.onInternalError(error, undefined));
  for (const job of createJobs(services)) jobs.add(job);
  let draining = false;
  return {
    hosts,
    services,
    reaper,
    jobs,
    handler: (request) => (isAdminPath(request, hosts) ? adminReply(request, draining) : dialect.handle(request)),
    get draining() {
      return draining;
    },
    drain() {
      draining = true;
    },
  };
}
