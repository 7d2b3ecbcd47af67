/** A server process that may be killed at any moment, its start included. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CREDENTIALS } from './client.ts';

const START_MS = 60_000;
const STOP_MS = 60_000;
const POLL_MS = 5;

export class CrashServer {
  readonly #child: ChildProcess;
  readonly #readyFile: string;
  readonly #ended: Promise<void>;
  #output = '';

  /** @param folder holds the data folder `data`; what the server says goes to `server.log` beside it */
  constructor(folder: string) {
    this.#readyFile = join(folder, 'ready.json');
    rmSync(this.#readyFile, { force: true });
    const flags = ['--data', join(folder, 'data'), '--port', '0', '--ready-file', this.#readyFile];
    const quiet = ['--log-access', 'false', '--grace-ms', '100ms'];
    const env: NodeJS.ProcessEnv = {};
    for (const [name, value] of Object.entries(process.env)) if (!name.startsWith('COSETTE_')) env[name] = value;
    env['COSETTE_SECRET_ID'] = CREDENTIALS.secretId;
    env['COSETTE_SECRET_KEY'] = CREDENTIALS.secretKey;
    const child = spawn(process.execPath, ['dist/cli/main.js', 'serve', ...flags, ...quiet], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
        appendFileSync(join(folder, 'server.log'), chunk);
      });
    }
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
    this.#child = child;
  }

  get #isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** @returns its port @throws Error when it ends instead, or takes too long */
  async ready(): Promise<number> {
    const startedAt = performance.now();
    while (!existsSync(this.#readyFile)) {
      if (this.#isOver) throw new Error(`the server ended instead of starting:\n${this.#output.slice(-3_000)}`);
      if (performance.now() - startedAt > START_MS) throw new Error('the server does not start');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return (JSON.parse(readFileSync(this.#readyFile, 'utf8')) as { port: number }).port;
  }

  /** Pulls the plug. @throws Error when the server had ended by itself */
  async crash(): Promise<void> {
    if (this.#isOver) throw new Error(`the server ended by itself:\n${this.#output.slice(-3_000)}`);
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** The orderly end. @throws Error when it is none */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(late);
    if (this.#child.exitCode !== 0) throw new Error(`the server did not stop well:\n${this.#output.slice(-3_000)}`);
  }

  /** Whatever state it is in. */
  discard(): void {
    this.#child.kill('SIGKILL');
  }
}
