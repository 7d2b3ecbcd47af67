/** The servers of a proof: one for each set of settings, started when a row needs it, gone at the end. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  APPID,
  SECRET_ID,
  SECRET_KEY,
  type ServerProcess,
  startServerProcess,
} from '../test/support/server-process.ts';
import type { ProofRow } from './row.ts';
import { PRELUDE } from './shell.ts';
import type { World } from './wire.ts';

const run = promisify(execFile);

export class Servers {
  readonly #shared = new Map<string, Promise<ServerProcess>>();
  readonly #all = new Set<ServerProcess>();
  /** Settings of every server. */
  readonly #always: readonly string[];

  constructor(always: readonly string[] = []) {
    this.#always = always;
  }

  /** One that other rows use as well, unless the row starts it anew. */
  of({ settings = [], setup = [] }: ProofRow): Promise<ServerProcess> {
    if (setup.some((step) => 'restart' in step)) return this.#start(settings);
    const key = settings.join(' ');
    const running = this.#shared.get(key) ?? this.#start(settings);
    this.#shared.set(key, running);
    return running;
  }

  /** The same folder again, with other settings. */
  async again(server: ServerProcess, settings: readonly string[]): Promise<ServerProcess> {
    await server.stop();
    this.#all.delete(server);
    return this.#start(settings, server.folder);
  }

  async removeAll(): Promise<void> {
    await Promise.all([...this.#all].map((server) => server.remove()));
    this.#all.clear();
    this.#shared.clear();
  }

  async #start(settings: readonly string[], folder?: string): Promise<ServerProcess> {
    const flags = ['--log-access', 'false', '--durability', 'relaxed', ...this.#always, ...settings];
    const server = await startServerProcess({ flags, ...(folder === undefined ? {} : { folder }) });
    this.#all.add(server);
    return server;
  }
}

/** @param world is in variables @param script lines after the prelude @returns what it prints */
export async function shell(server: ServerProcess, world: World, script: string): Promise<string> {
  const cosette = `cosette() { ${JSON.stringify(process.execPath)} ${JSON.stringify(resolve('dist/cli/main.js'))} "$@"; }`;
  const functions = PRELUDE.slice(PRELUDE.indexOf('\n\n'));
  const env = {
    ...process.env,
    COSETTE_SECRET_ID: SECRET_ID,
    COSETTE_SECRET_KEY: SECRET_KEY,
    COSETTE_APPID: APPID,
    COSETTE_DATA: join(server.folder, 'data'),
    COSETTE_PORT: String(server.port),
    ...Object.fromEntries(world),
    at: `http://${world.get('bucket')}.cos.ap-guangzhou.localhost:${server.port}`,
  };
  const { stdout } = await run('sh', ['-c', `${cosette}\n${functions}\n${script}`], {
    env,
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
