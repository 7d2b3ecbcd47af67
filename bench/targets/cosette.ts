/** Starts the built server as its own process with default settings, as a user would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../load/job.ts';

export const APPID = '1250000000';
const REGION = 'ap-guangzhou';
const CREDENTIALS = { secretId: 'AKIDbenchbenchbenchbenchbenchbench01', secretKey: 'benchbenchbenchbenchbenchbench01' };
const START_MS = 30_000;
/** How often the ready file is looked for while the start is timed. */
const POLL_MS = 2;

export interface CosetteServer {
  readonly pid: number;
  readonly port: number;
  /** From the start of the process until it answers requests, ms. */
  readonly startMs: number;
  /** Where requests to a bucket go. @param name without the APPID */
  target(name: string): Target;
  /** Ends it in the orderly way. @throws Error when it ends otherwise */
  stop(): Promise<void>;
}

/**
 * @param folder holds the data folder `data` and the log
 * @throws Error with the end of the log when it does not start
 */
export async function startCosette(folder: string, flags: readonly string[] = []): Promise<CosetteServer> {
  const ready = join(folder, 'ready.json');
  const log = join(folder, 'server.log');
  rmSync(ready, { force: true });
  const args = ['dist/cli/main.js', 'serve', '--data', join(folder, 'data'), '--port', '0', '--ready-file', ready];
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) if (!name.startsWith('COSETTE_')) env[name] = value;
  env['COSETTE_SECRET_ID'] = CREDENTIALS.secretId;
  env['COSETTE_SECRET_KEY'] = CREDENTIALS.secretKey;
  const output = openSync(log, 'a');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...args, ...flags], { stdio: ['ignore', output, output], env });
  closeSync(output);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  while (!existsSync(ready)) {
    if (child.exitCode !== null || performance.now() - startedAt > START_MS) {
      kill();
      throw new Error(`the server did not start:\n${readFileSync(log, 'utf8').slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const startMs = performance.now() - startedAt;
  const { port } = JSON.parse(readFileSync(ready, 'utf8')) as { port: number };
  return {
    pid: child.pid!,
    port,
    startMs,
    target: (name) => ({ port, host: `${name}-${APPID}.cos.${REGION}.myqcloud.com`, credentials: CREDENTIALS }),
    async stop() {
      await end(child);
      process.removeListener('exit', kill);
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    await exit;
  }
  if (child.exitCode !== 0) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`);
}
