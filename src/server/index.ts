/** Starts a server on a data folder. */
import { type AccountSeeds, type FirstAccount, keyRingOf, openFirstAccount } from '../access/key-file.ts';
import type { AccessNote } from '../cos/access-note.ts';
import { asCosError, renderError, resolve } from '../cos/errors.ts';
import type { Keyring } from '../features/encryption/keyring.ts';
import { FileKeyring } from '../features/encryption/local-keyring.ts';
import { createWireServer, type WireAddress } from '../http/server.ts';
import type { WireRequest } from '../http/types.ts';
import type { ObjectSettings } from '../model/services.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { type LocalStoreEvent, openLocalStore } from '../store/local/index.ts';
import type { Store } from '../store/store.ts';
import { type App, createApp } from './app.ts';
import { proxyRules } from './proxy-rules.ts';
import { Ticker } from './ticker.ts';

export interface ServerDependencies {
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly log?: Log;
  /** Instead of the local engine on `config.data`; stays open when the server closes. */
  readonly store?: Store;
  /** Instead of the keys in the data folder. */
  readonly keyring?: Keyring;
  /** Instead of the account in the data folder. */
  readonly account?: FirstAccount;
}

export interface RunningServer {
  readonly addresses: readonly WireAddress[];
  /** Of HTTPS; none without `tls.port`. */
  readonly tlsAddresses: readonly WireAddress[];
  readonly account: FirstAccount;
  readonly dataDir: string;
  readonly app: App;
  /** Finishes running requests, then gives everything back. */
  close(): Promise<void>;
}

/** @throws StoreError, KeyFileError, or the error of node:net when an address cannot be listened on */
export async function startServer(config: ServerConfig, given: ServerDependencies = {}): Promise<RunningServer> {
  const clock = given.clock ?? systemClock;
  const log = given.log ?? silentLog;
  const account = given.account ?? (await openFirstAccount(config.data, config.account satisfies AccountSeeds));
  const store =
    given.store ??
    (await openLocalStore({ dir: config.data, clock, durability: config.durability, log: storeLog(log) }));
  const app = createApp({
    store,
    keyRing: keyRingOf(account),
    clock,
    baseDomains: config.baseDomains,
    bareHosts: config.bareHosts,
    bareBucketNames: config.bareBucketNames,
    appid: account.appid,
    pathStyle: config.pathStyle,
    faults: {
      buckets: config.faults.nameProfileBuckets,
      lateMs: config.faults.lateMs,
      silenceMs: config.faults.silenceMs,
    },
    regions: config.regions,
    defaultRegion: config.region,
    errors: config.errors,
    slowAnswerMs: config.limits.slowAnswerMs,
    limits: config.limits,
    settings: objectSettings(config),
    keyring: given.keyring ?? openKeyring(config, clock, log),
    graceMs: config.graceMs,
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
    tls: async () => (await import('./tls/open-contexts.ts')).openContexts(config, app.hosts, clock, log),
    proxy: proxyRules(app.hosts, config, log),
    onTlsError: (error) => log.error('no certificate', { error }),
    ...(log.accessEnabled ? { onFinished: accessLog(log) } : {}),
    onHandlerError: (error, request) => log.error('answer failed', { error, requestId: request.requestId }),
  });
  try {
    await listen(config, config.port, (host, port) => wire.listen(host, port));
    const tlsPort = config.tls.port;
    if (tlsPort !== undefined) await listen(config, tlsPort, (host, port) => wire.listenTls(host, port));
  } catch (error) {
    await wire.close(0);
    if (given.store === undefined) await store.close();
    throw error;
  }
  app.reaper.start();
  const ticker = new Ticker(() => app.jobs.tick());
  ticker.start();
  return {
    addresses: wire.addresses,
    tlsAddresses: wire.tlsAddresses,
    account,
    dataDir: config.data,
    app,
    async close() {
      app.drain();
      await wire.close(config.drainMs);
      ticker.stop();
      await app.jobs.stop();
      await app.reaper.stop();
      if (given.store === undefined) await store.close();
    },
  };
}

function openKeyring(config: ServerConfig, clock: Clock, log: Log): Keyring {
  const keyring = new FileKeyring(config.data, { clock, requestsPerSecond: config.limits.kmsRequestsPerSecond });
  for (const note of keyring.notes) log.warn(note);
  return keyring;
}

function objectSettings(config: ServerConfig): ObjectSettings {
  return {
    restoreTimeScale: config.restoreTimeScale,
    restoresPerSecond: config.limits.restoresPerSecond,
    concurrentSelects: config.limits.concurrentSelects,
    closedStorageClasses: new Set(config.closedStorageClasses),
    multiAzRegions: new Set(config.multiAzRegions),
    maintenance: config.maintenance,
    blocked: config.blocked,
    requestsPerSecond: config.limits.requestsPerSecond,
    keyWritesPerSecond: config.limits.keyWritesPerSecond,
    callbacks: config.callbacks,
  };
}

/** All addresses share one port: with port 0 the first one's choice. An IPv6 address is left out where there is no IPv6. */
async function listen(
  { host }: ServerConfig,
  port: number,
  bind: (host: string, port: number) => Promise<WireAddress>,
): Promise<void> {
  let shared = port;
  for (const address of host) {
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
      rows: note?.rows,
      bytes,
      ms: Math.round(ms * 100) / 100,
    });
  };
}
