/** A real server in a process of its own, on a folder of its own and a free port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SECRET_ID = 'AKIDEXAMPLEexampleEXAMPLEexample0001';
export const SECRET_KEY = 'exampleSecretKeyForCosSpec000001';
export const APPID = '1250000000';
export const REGION = 'ap-guangzhou';

export interface ServerProcess {
  readonly port: number;
  readonly pid: number;
  readonly folder: string;
  /** Everything the process wrote to standard output and error. */
  output(): string;
  /** @returns the exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

export interface ServerProcessOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** An existing data folder. */
  readonly folder?: string;
}

const START_MS = 20_000;

export async function startServerProcess(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'cosette-test-'));
  const ready = join(folder, 'ready.json');
  rmSync(ready, { force: true });
  const flags = ['--data', join(folder, 'data'), '--port', '0', '--ready-file', ready, ...(options.flags ?? [])];
  const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      COSETTE_SECRET_ID: SECRET_ID,
      COSETTE_SECRET_KEY: SECRET_KEY,
      COSETTE_APPID: APPID,
      ...options.env,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const deadline = Date.now() + START_MS;
  while (!existsSync(ready)) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the server did not start:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { port } = JSON.parse(readFileSync(ready, 'utf8')) as { port: number };
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => ended(child, signal);
  return {
    port,
    pid: child.pid!,
    folder,
    output: () => output,
    stop,
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
