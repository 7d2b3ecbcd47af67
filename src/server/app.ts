/**
 * The server without its sockets: a store, the services on it, the dialect, and the background work. Entry points and
 * tests put a wire in front of it.
 */
import type { Directory } from '../access/directory/directory.ts';
import { FailedSignatures } from '../access/failed-signatures.ts';
import type { KeyRing } from '../access/identity.ts';
import { DEFAULT_APPID } from '../access/key-file.ts';
import type { Secrets } from '../access/secrets.ts';
import type { SessionTokens } from '../access/sessions.ts';
import { CosDialect } from '../cos/dialect.ts';
import type { ErrorSettings } from '../cos/errors.ts';
import type { ExplainParts } from '../cos/explain/explanation.ts';
import { Refusals } from '../cos/explain/refusals.ts';
import type { FaultSettings } from '../cos/faults.ts';
import type { MoveSettings } from '../cos/moves.ts';
import { REPLICA_PREFIX } from '../cos/replication/replica-header.ts';
import type { Keyring } from '../features/encryption/keyring.ts';
import type { FaultRules } from '../features/faults/rules.ts';
import { JobBoard } from '../features/jobs/board.ts';
import { NotificationDesk, SEALER_LABEL } from '../features/notifications/desk.ts';
import type { Remotes } from '../features/replication/remotes.ts';
import { HostResolver } from '../http/host.ts';
import type { WireHandler, WireRequest } from '../http/types.ts';
import { createServices, type Limits, type ObjectSettings, type Services } from '../model/services.ts';
import type { Clock } from '../platform/clock.ts';
import { createIds } from '../platform/ids.ts';
import { TestClock } from '../platform/test-clock.ts';
import { S3_FACE } from '../s3/face.ts';
import { AwsStsDialect } from '../s3/sts/dialect.ts';
import { isAwsStsRequest } from '../s3/sts/dispatch.ts';
import { checked } from '../store/checked.ts';
import type { Store } from '../store/store.ts';
import { StsDialect } from '../sts/dialect.ts';
import { isStsRequest } from '../sts/dispatch.ts';
import { AdminApi } from './admin/admin-api.ts';
import { healthReply } from './admin/health.ts';
import { ADMIN_PREFIX, isAdminPath } from './admin/paths.ts';
import { type AdminReach, refusedByReach } from './admin/reach.ts';
import { adminRoutes } from './admin/routes.ts';
import { boundDomains, type DomainSettings, domainPorts } from './domains.ts';
import { CHANGE_WATCHERS, createJobs } from './jobs.ts';
import { Reaper } from './reaper.ts';
import { ReplicaIntake } from './replica-intake.ts';
import { sideHosts } from './side-hosts.ts';
import { type SnapshotSettings, snapshotDesk } from './snapshot/live-snapshot.ts';

export interface AppOptions {
  readonly store: Store;
  readonly keyRing: KeyRing;
  /** The identities; without them there is no admin API. */
  readonly directory?: Directory;
  /** Temporary keys of these identities; without them none are given. */
  readonly tokens?: SessionTokens;
  /** Seals what must not lie readable in rows. Default: a secret that ends with the process. */
  readonly secrets?: Secrets;
  readonly clock: Clock;
  readonly baseDomains: readonly string[];
  readonly bareHosts: readonly string[];
  readonly bareBucketNames?: boolean;
  /** APPID of the first account: of bare bucket names in requests that nobody signed. */
  readonly appid?: string;
  /** Default: `accept`. */
  readonly pathStyle?: 'accept' | 'refuse';
  /** Limits of the live service that it shall have. Default: none. */
  readonly strict?: readonly string[];
  readonly faults?: FaultSettings;
  /** Buckets whose clients are led to their region. Default: none. */
  readonly moves?: MoveSettings;
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
  /** Default: `off`. */
  readonly adminReach?: AdminReach;
  /** Refused requests that are remembered. Default: none. */
  readonly explainRequests?: number;
  /** Wrong signatures of one address a minute. Default: any number. */
  readonly signatureFailuresPerMinute?: number;
  /** Default: custom domains whose owner cannot be asked for. */
  readonly domains?: DomainSettings;
  /** Port of HTTPS. Default: the usual one. */
  readonly httpsPort?: () => number | undefined;
  /** Destinations of replication that are elsewhere. Default: none. */
  readonly remotes?: Remotes;
  /** What snapshots need. Default: none can be made. */
  readonly snapshots?: SnapshotSettings;
  /** Take replicas of other Cosette servers. Default: not. */
  readonly acceptReplicas?: boolean;
  readonly onInternalError: (error: unknown, request: WireRequest | undefined) => void;
}

export interface App {
  readonly handler: WireHandler;
  readonly hosts: HostResolver;
  readonly services: Services;
  readonly reaper: Reaper;
  readonly jobs: JobBoard;
  /** Faults that requests meet; undefined where the server was not started for them. */
  readonly faults: FaultRules | undefined;
  /** True from the call of `drain` on: `/_cosette/health/ready` says so. */
  readonly draining: boolean;
  drain(): void;
}

export function createApp(options: AppOptions): App {
  const { directory, tokens, clock, onInternalError } = options;
  const ids = createIds(options.clock);
  const store = checked(options.store);
  const faultRules = options.faults?.rules;
  const services = createServices({
    store: faultRules === undefined ? store : { ...store, meta: faultRules.journal.watch(store.meta) },
    clock: options.clock,
    ids,
    processId: ids.processId(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    random: Math.random,
    limits: options.limits,
    settings: { regions: new Set(options.regions), ...options.settings },
    ...(options.keyring === undefined ? {} : { keyring: options.keyring }),
    graceMs: options.graceMs,
    changeWatchers: CHANGE_WATCHERS,
    ...(options.secrets === undefined
      ? {}
      : { notifications: new NotificationDesk(options.secrets.sealer(SEALER_LABEL)) }),
    ...(options.remotes === undefined ? {} : { remotes: options.remotes }),
    ...(options.domains === undefined ? {} : { domains: domainPorts(options.domains, () => hosts) }),
  });
  const customDomain = boundDomains(() => services.domains.index, options.domains);
  const hosts: HostResolver = new HostResolver({ ...options, customDomain });
  const { explainRequests = 0, signatureFailuresPerMinute: failures = 0 } = options;
  const refusals = explainRequests === 0 ? undefined : new Refusals(explainRequests);
  const failedSignatures = failures === 0 ? undefined : new FailedSignatures({ failures });
  const dialect = new CosDialect({
    services,
    hosts,
    ...(options.pathStyle === undefined ? {} : { pathStyle: options.pathStyle }),
    ...(options.bareBucketNames === true ? { bareNames: bareNames(directory, options.appid ?? DEFAULT_APPID) } : {}),
    faces: [S3_FACE],
    ...(options.strict === undefined ? {} : { strict: options.strict }),
    ...(options.faults === undefined ? {} : { faults: options.faults }),
    ...(options.moves === undefined ? {} : { moves: options.moves }),
    keyRing: options.keyRing,
    defaultRegion: options.defaultRegion,
    errors: options.errors,
    slowAnswerMs: options.slowAnswerMs ?? 5_000,
    ...(failedSignatures === undefined ? {} : { failedSignatures }),
    ...(refusals === undefined ? {} : { refusals }),
    ...(options.httpsPort === undefined ? {} : { httpsPort: options.httpsPort }),
    onInternalError: options.onInternalError,
  });
  const reaper = new Reaper(services, (error) => options.onInternalError(error, undefined));
  const jobs = new JobBoard(options.clock, (error) => options.onInternalError(error, undefined));
  const beside = sideHosts(
    { services, keyRing: options.keyRing, errors: options.errors, failedSignatures, onInternalError },
    directory,
  );
  for (const job of [...createJobs(services), ...beside.jobs]) jobs.add(job);
  // Who moves the test clock signs by the real one.
  const adminClock = clock instanceof TestClock ? clock.real : clock;
  const routes =
    directory &&
    adminRoutes({
      directory,
      services,
      jobs,
      faults: faultRules,
      snapshots: options.snapshots && snapshotDesk(services, clock, options.snapshots),
      explain: refusals && explainParts(refusals, directory, options.defaultRegion),
    });
  const admin = directory && routes && new AdminApi({ directory, clock: adminClock, routes, onInternalError });
  const { maintenance } = services.settings;
  const stsParts = directory && tokens && { directory, tokens, clock, maintenance, failedSignatures, onInternalError };
  const sts = stsParts && new StsDialect(stsParts);
  const awsSts = stsParts && new AwsStsDialect(stsParts);
  let draining = false;
  const intake =
    options.acceptReplicas === true
      ? new ReplicaIntake({ services, keyRing: options.keyRing, clock: adminClock, onInternalError })
      : undefined;
  const ownPage = (request: WireRequest) => {
    if (intake !== undefined && request.rawPath.startsWith(REPLICA_PREFIX)) return intake.handle(request);
    return adminPage(request);
  };
  const adminPage = (request: WireRequest) =>
    admin !== undefined && request.rawPath.startsWith(ADMIN_PREFIX)
      ? (refusedByReach(request, options.adminReach ?? 'off') ?? admin.handle(request))
      : healthReply(request, draining);
  return {
    hosts,
    services,
    reaper,
    jobs,
    faults: faultRules,
    handler(request) {
      if (isAdminPath(request, hosts)) return ownPage(request);
      if (awsSts !== undefined && isAwsStsRequest(request, hosts)) return awsSts.handle(request);
      if (sts !== undefined && isStsRequest(request, hosts)) return sts.handle(request);
      return beside.handle(request, hosts) ?? dialect.handle(request);
    },
    get draining() {
      return draining;
    },
    drain() {
      draining = true;
    },
  };
}

/** Accounts that buckets without APPID may be of. */
function bareNames(directory: Directory | undefined, firstAppid: string) {
  return {
    firstAppid,
    isAccount: (appid: string) => appid === firstAppid || directory?.account(appid) !== undefined,
    accounts: () => directory?.state.byAppid.keys() ?? [firstAppid],
  };
}

function explainParts(refusals: Refusals, directory: Directory, defaultRegion: string): ExplainParts {
  const keys = {
    find: (secretId: string, token?: string) => directory.find(secretId, token),
    all: () => directory.state.keys.values(),
  };
  return { refusals, keys, defaultRegion };
}
