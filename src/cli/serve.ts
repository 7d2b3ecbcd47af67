/** `cosette serve`: starts the server, says how to reach it, and drains on SIGTERM or SIGINT. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AuditLog } from '../platform/audit-log.ts';
import type { LoadedConfig, ServerConfig } from '../platform/config/index.ts';
import { type Log, openLog } from '../platform/log.ts';
import type { RunningServer as FullServer, ServerDependencies } from '../server/index.ts';
import { renderBanner } from './banner.ts';
import { exposureWarnings } from './exposure.ts';
import { explainFailure } from './failures.ts';
import { packageVersion } from './version.ts';

/** The part of a server that this command uses. */
export type RunningServer = Pick<FullServer, 'addresses' | 'tlsAddresses' | 'account' | 'dataDir' | 'audit' | 'close'>;

export type StartServer = (config: ServerConfig, deps: Pick<ServerDependencies, 'log'>) => Promise<RunningServer>;

export interface ServeOptions {
  readonly readyFile: string | undefined;
  readonly showSecret: boolean;
}

/** What `close` may take beyond `drainMs` before the process gives up on it. ms */
const CLOSE_SLACK_MS = 15_000;
const SIGNALS = { SIGTERM: 143, SIGINT: 130 } as const;

/**
 * Resolves once the server answers; from then on the signals are its own and end the process.
 * @throws what `startServer` and the opening of the log throw
 */
export async function serve(loaded: LoadedConfig, startServer: StartServer, options: ServeOptions): Promise<void> {
  const { config, warnings } = loaded;
  const log = openLog(config.log);
  process.once('exit', () => log.flushSync());
  for (const warning of warnings) log.warn(warning);
  const server = await startServer(config, { log });
  for (const note of server.account.notes) log.warn(note);
  const { nameProfileBuckets, rules, header } = config.faults;
  if (nameProfileBuckets.length > 0) log.warn('faults on demand are on: not for production', { nameProfileBuckets });
  if (rules || header) log.warn('fault rules are on: not for production', { rules, header });
  if (config.testClock) log.warn('the test clock is on: not for production');
  for (const warning of exposureWarnings(config, server.account)) log.warn(`open to the network: ${warning}`);
  const { audit } = server;
  if (audit !== undefined) {
    process.once('exit', () => audit.flushSync());
    process.on('SIGHUP', () => reopen(audit, log));
  }
  stopOnSignals(server, config, log, options.readyFile);
  process.on('uncaughtException', (error) => {
    log.error('the process cannot go on', { error });
    process.exit(1);
  });
  process.stdout.write(renderBanner(server, config, { version: packageVersion(), showSecret: options.showSecret }));
  if (options.readyFile !== undefined) writeReadyFile(options.readyFile, server, config);
}

/** After the file was moved away; the one before stays in use where no new one can be opened. */
function reopen(audit: AuditLog, log: Log): void {
  try {
    audit.reopen();
  } catch (error) {
    log.error('the audit log cannot be opened again', { error });
  }
}

function stopOnSignals(server: RunningServer, config: ServerConfig, log: Log, readyFile: string | undefined): void {
  let stopping = false;
  const stop = async (signal: keyof typeof SIGNALS): Promise<void> => {
    if (stopping) process.exit(SIGNALS[signal]);
    stopping = true;
    log.info('stopping: running requests may finish', { signal, drainMs: config.drainMs });
    const limit = setTimeout(() => {
      log.error('the server did not close in time');
      process.exit(1);
    }, config.drainMs + CLOSE_SLACK_MS);
    limit.unref();
    let code = 0;
    try {
      await server.close();
      log.info('stopped');
    } catch (error) {
      log.error('closing failed', { error });
      process.stderr.write(`cosette: ${explainFailure(error)}\n`);
      code = 1;
    }
    if (readyFile !== undefined) rmSync(readyFile, { force: true });
    await log.close();
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

/** Port, and what a client has to trust. */
function tlsFacts({ tlsAddresses, dataDir }: RunningServer, { tls }: ServerConfig) {
  return { port: tlsAddresses[0]?.port, caFile: resolve(tls.cert ?? join(dataDir, 'tls', 'ca.crt')) };
}

/** Written aside and renamed, so that a reader who sees the file can use it. */
function writeReadyFile(file: string, server: RunningServer, config: ServerConfig): void {
  const { addresses, tlsAddresses, account } = server;
  const facts = {
    pid: process.pid,
    port: addresses[0]?.port,
    addresses,
    ...(tlsAddresses.length === 0 ? {} : { tls: tlsFacts(server, config), tlsAddresses }),
    region: config.region,
    dataDir: resolve(server.dataDir),
    appid: account.appid,
    uin: account.uin,
    secretId: account.secretId,
  };
  const aside = `${file}.new`;
  writeFileSync(aside, `${JSON.stringify(facts)}\n`, { mode: 0o600 });
  renameSync(aside, file);
}
