/** Starts a server on a data folder. */
import { Directory, type DirectoryOptions } from '../access/directory/directory.ts';
import { type AccountSeeds, type FirstAccount, openFirstAccount } from '../access/key-file.ts';
import { memorySecrets, openSecrets, type Secrets } from '../access/secrets.ts';
import { SessionTokens } from '../access/sessions.ts';
import type { AccessNote } from '../cos/access-note.ts';
import { asCosError, renderError, resolve } from '../cos/errors.ts';
import { createFaultRules } from '../cos/fault-rules.ts';
import { RemoteDirectory } from '../cos/replication/remote-directory.ts';
import { logBuffer } from '../features/access-logging/buffer.ts';
import { deliverLogs } from '../features/access-logging/job.ts';
import type { Keyring } from '../features/encryption/keyring.ts';
import { FileKeyring } from '../features/encryption/local-keyring.ts';
import type { FaultRules } from '../features/faults/rules.ts';
import { settleNotes } from '../features/intelligent-tiering/access-notes.ts';
import { createWireServer, type WireAddress, type WireServerOptions } from '../http/server.ts';
import type { WireRequest } from '../http/types.ts';
import type { ObjectSettings, Services } from '../model/services.ts';
import { AuditLog } from '../platform/audit-log.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { readRemotes } from '../platform/config/replication-remotes.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { TestClock } from '../platform/test-clock.ts';
import { checked } from '../store/checked.ts';
import { type LocalStoreEvent, openLocalStore } from '../store/local/index.ts';
import type { Store } from '../store/store.ts';
import { bucketLogger } from './access-logs.ts';
import { type App, createApp } from './app.ts';
import { auditor } from './audit.ts';
import { DirectoryRefresher } from './directory-refresher.ts';
import { domainSettings } from './domains.ts';
import { proxyRules } from './proxy-rules.ts';
import type { SnapshotSettings } from './snapshot/live-snapshot.ts';
import { readStateFiles } from './snapshot/state-files.ts';
import { Ticker } from './ticker.ts';

export interface ServerDependencies {
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly log?: Log;
  /** Instead of the local engine on `config.data`; stays open when the server closes. */
  readonly store?: Store;
  /** Instead of the keys in the data folder. */
  readonly keyring?: Keyring;
  /** Instead of the secret in the data folder. Default with a `store`: one that ends with the process. */
  readonly secrets?: Secrets;
  /** Instead of the account in the data folder. */
  readonly account?: FirstAccount;
  /** Instead of the files in the data folder: what snapshots take beside the store. */
  readonly stateFiles?: SnapshotSettings['files'];
  /** Instead of none, or those of `faults.rules`; stay when the server closes. */
  readonly faults?: FaultRules;
}

export interface RunningServer {
  readonly addresses: readonly WireAddress[];
  /** Of HTTPS; none without `tls.port`. */
  readonly tlsAddresses: readonly WireAddress[];
  readonly account: FirstAccount;
  readonly dataDir: string;
  readonly app: App;
  /** Where `audit.file` says; closed with the server. */
  readonly audit?: AuditLog;
  /** Finishes running requests, then gives everything back. */
  close(): Promise<void>;
}

/** @throws StoreError, KeyFileError, or the error of node:net when an address cannot be listened on */
export async function startServer(config: ServerConfig, given: ServerDependencies = {}): Promise<RunningServer> {
  const wallClock = given.clock ?? systemClock;
  const remotes = openRemotes(config, wallClock);
  const clock = config.testClock ? new TestClock(wallClock) : wallClock;
  const log = given.log ?? silentLog;
  const audit = config.audit.file === undefined ? undefined : new AuditLog(config.audit.file, wallClock);
  const account = given.account ?? (await openFirstAccount(config.data, config.account satisfies AccountSeeds));
  const store =
    given.store ??
    (await openLocalStore({ dir: config.data, clock, durability: config.durability, log: storeLog(log) }));
  const parts = { meta: checked(store).meta, operator: account, clock };
  const { directory, tokens, secrets } = await openIdentities(config, given, parts, log).catch(async (error) => {
    if (given.store === undefined) await store.close();
    throw error;
  });
  const refresher = new DirectoryRefresher(directory, (error) => log.error('identities not read', { error }));
  const app = createApp({
    ...(remotes === undefined ? {} : { remotes }),
    acceptReplicas: config.replication.accept,
    store,
    keyRing: directory,
    directory,
    tokens,
    secrets,
    clock,
    baseDomains: config.baseDomains,
    bareHosts: config.bareHosts,
    bareBucketNames: config.bareBucketNames,
    appid: account.appid,
    pathStyle: config.pathStyle,
    strict: config.compat.strict,
    moves: config.moves,
    faults: {
      buckets: config.faults.nameProfileBuckets,
      lateMs: config.faults.lateMs,
      silenceMs: config.faults.silenceMs,
      header: config.faults.header,
      rules: given.faults ?? (config.faults.rules ? createFaultRules(clock) : undefined),
    },
    regions: config.regions,
    defaultRegion: config.region,
    errors: config.errors,
    slowAnswerMs: config.limits.slowAnswerMs,
    limits: config.limits,
    settings: objectSettings(config),
    keyring: given.keyring ?? openKeyring(config, clock, log),
    graceMs: config.graceMs,
    adminReach: config.admin.remote,
    explainRequests: config.explain.requests,
    signatureFailuresPerMinute: config.signatures.failuresPerMinute,
    ...snapshotSettings(config, given, account),
    domains: domainSettings(config, secrets, account.appid),
    httpsPort: () => wire.tlsAddresses[0]?.port,
    onInternalError: (error, request) => log.error('internal error', { error, requestId: request?.requestId }),
  });
  const { ids } = app.services;
  const wire = createWireServer({
    handler: app.handler,
    renderParserError(error, context) {
      const cosError = asCosError(error);
      const shown = {
        method: 'GET',
        resource: `${context.host}${context.rawPath}`,
        requestId: context.requestId,
        traceId: ids.traceId(context.requestId),
      };
      return renderError(cosError, resolve(cosError, config.errors), shown, clock.nowMs());
    },
    clock,
    newRequestId: () => ids.requestId(),
    limits: {
      headerBytes: config.limits.headerBytes,
      bodyTimeoutMs: config.limits.bodyStallMs,
      uploadMs: config.limits.uploadMs,
      headTimeoutMs: config.limits.headStallMs,
      keepAliveMs: config.limits.keepAliveMs,
      connections: config.limits.connections,
    },
    tls: async () => (await import('./tls/open-contexts.ts')).openContexts(config, app, wallClock, log),
    proxy: proxyRules(app.hosts, config, log),
    onTlsError: (error) => log.error('no certificate', { error }),
    ...finishers(log, audit, app.services),
    onHandlerError: (error, request) => log.error('answer failed', { error, requestId: request.requestId }),
  });
  const domainsRefresher = new DirectoryRefresher(app.services.domains.index, (error) =>
    log.error('domains not read', { error }),
  );
  try {
    await app.services.domains.index.refresh();
    await listen(config, config.port, (host, port) => wire.listen(host, port));
    const tlsPort = config.tls.port;
    if (tlsPort !== undefined) await listen(config, tlsPort, (host, port) => wire.listenTls(host, port));
  } catch (error) {
    await wire.close(0);
    await audit?.close();
    if (given.store === undefined) await store.close();
    throw error;
  }
  app.reaper.start();
  refresher.start();
  domainsRefresher.start();
  const ticker = new Ticker(() => app.jobs.tick());
  ticker.start();
  return {
    addresses: wire.addresses,
    tlsAddresses: wire.tlsAddresses,
    account,
    dataDir: config.data,
    app,
    ...(audit === undefined ? {} : { audit }),
    async close() {
      app.drain();
      await wire.close(config.drainMs);
      ticker.stop();
      await app.services.origin.stop();
      await app.jobs.stop();
      remotes?.close();
      await refresher.stop();
      await domainsRefresher.stop();
      await app.reaper.stop();
      await settleNotes(app.services);
      await closeAccessLogs(app.services, log);
      await closeAudit(audit, log);
      if (given.store === undefined) await store.close();
    },
  };
}

/** Once the store holds the folder: two servers that start at once must not make two secrets. */
async function openIdentities(
  config: ServerConfig,
  given: ServerDependencies,
  parts: Omit<DirectoryOptions, 'secrets'> & { readonly clock: Clock },
  log: Log,
): Promise<{ directory: Directory; tokens: SessionTokens; secrets: Secrets }> {
  const secrets = given.secrets ?? (given.store === undefined ? await openSecrets(config.data) : memorySecrets());
  const directory = await Directory.open({ ...parts, secrets });
  for (const note of directory.state.notes) log.warn(note);
  return { directory, tokens: openTokens(directory, secrets, parts.clock), secrets };
}

/** None for a store that was given without telling what belongs beside it. */
function snapshotSettings(
  { data }: ServerConfig,
  { store, stateFiles }: ServerDependencies,
  account: FirstAccount,
): { snapshots?: SnapshotSettings } {
  if (store !== undefined && stateFiles === undefined) return {};
  const files = stateFiles ?? ((withKeys: boolean) => readStateFiles(data, withKeys, account));
  return { snapshots: { appid: account.appid, uin: account.uin, files } };
}

function openRemotes({ replication: { remotesFile } }: ServerConfig, clock: Clock): RemoteDirectory | undefined {
  if (remotesFile === undefined) return undefined;
  return new RemoteDirectory(readRemotes(remotesFile), () => clock.nowMs());
}

function openKeyring(config: ServerConfig, clock: Clock, log: Log): Keyring {
  const keyring = new FileKeyring(config.data, { clock, requestsPerSecond: config.limits.kmsRequestsPerSecond });
  for (const note of keyring.notes) log.warn(note);
  return keyring;
}

/** Temporary keys, which the directory finds from then on. */
function openTokens(directory: Directory, secrets: Secrets, clock: Clock): SessionTokens {
  const sealer = secrets.sealer('session-tokens');
  const tokens = new SessionTokens({ identities: directory, sealer, nowMs: () => clock.nowMs() });
  directory.sessions = tokens;
  return tokens;
}

function objectSettings(config: ServerConfig): ObjectSettings {
  return {
    restoreTimeScale: config.restoreTimeScale,
    restoresPerSecond: config.limits.restoresPerSecond,
    concurrentSelects: config.limits.concurrentSelects,
    closedStorageClasses: new Set(config.closedStorageClasses),
    regions: new Set(config.regions),
    multiAzRegions: new Set(config.multiAzRegions),
    maintenance: config.maintenance,
    blocked: config.blocked,
    requestsPerSecond: config.limits.requestsPerSecond,
    keyWritesPerSecond: config.limits.keyWritesPerSecond,
    callbacks: config.callbacks,
    replicationConcurrency: config.replication.concurrency,
    lifecycle: { dayMs: config.lifecycle.dayMs, offsetMs: config.lifecycle.utcOffsetHours * 3_600_000 },
    origin: config.origin,
  };
}

/** All addresses share one port: with port 0 the first one's choice. An IPv6 address is left out where there is no IPv6. */
async function listen(
  { host }: ServerConfig,
  port: number,
  bind: (host: string, port: number) => Promise<WireAddress>,
): Promise<void> {
  let shared = port;
  // The wire tells `::` to leave IPv4 to `0.0.0.0` where that came first.
  for (const address of [...host].sort((a, b) => Number(a === '::') - Number(b === '::'))) {
    try {
      shared = (await bind(address, shared)).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const noIpv6 = address.includes(':') && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT');
      if (!noIpv6 || host.length === 1) throw error;
    }
  }
}

const STORE_EVENTS: Readonly<Record<LocalStoreEvent['kind'], 'error' | 'warn' | 'info' | 'debug'>> = {
  'index-rebuilt': 'warn',
  'tail-truncated': 'warn',
  'log-replayed': 'info',
  'orphans-removed': 'info',
  'segment-compacted': 'debug',
  'compaction-failed': 'error',
  'disk-full': 'error',
  'disk-not-full': 'info',
  'store-failed': 'error',
};

function storeLog(log: Log) {
  return ({ kind, ...facts }: LocalStoreEvent): void => log[STORE_EVENTS[kind]](`store: ${kind}`, facts);
}

async function closeAudit(audit: AuditLog | undefined, log: Log): Promise<void> {
  await audit?.close();
  if (audit !== undefined && audit.dropped > 0) log.error('lines of the audit log were lost', { lines: audit.dropped });
}

/** What is told of each request that has ended. */
function finishers(log: Log, audit: AuditLog | undefined, services: Services): Pick<WireServerOptions, 'onFinished'> {
  const access = log.accessEnabled ? accessLog(log) : undefined;
  const write = audit === undefined ? undefined : auditor(audit);
  const logForBucket = bucketLogger(services);
  return {
    onFinished(request, status, bytes, ms) {
      access?.(request, status, bytes, ms);
      write?.(request, status);
      logForBucket(request, status, bytes, ms);
    },
  };
}

/** What buckets want to have logged is written before the end. */
async function closeAccessLogs(services: Services, log: Log): Promise<void> {
  await deliverLogs(services).catch((error) => log.error('access logs not written', { error }));
  const { lost } = logBuffer(services);
  if (lost > 0) log.error('records of access logs were lost', { records: lost });
}

function accessLog(log: Log) {
  return (request: WireRequest, status: number, bytes: number, ms: number): void => {
    const note = request.note as AccessNote | undefined;
    log.access({
      requestId: request.requestId,
      remote: request.remoteAddress,
      method: request.method,
      operation: note?.operation,
      bucket: note?.bucket,
      key: note?.key,
      secretId: note?.secretId,
      status,
      code: note?.code,
      fault: note?.fault?.ids || undefined,
      rows: note?.rows,
      bytes,
      ms: Math.round(ms * 100) / 100,
    });
  };
}
