/** Moves the clock of a server that was started with `--test-clock`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { APPID, SECRET_ID, SECRET_KEY, type ServerProcess } from './server-process.ts';

const run = promisify(execFile);

/**
 * Requests that are signed by the system's time are refused while the server is far from it: ask anonymously, or call
 * `resumeClock` first.
 * @param span as in `cosette clock advance`: `31d`
 */
export async function advanceClock(server: ServerProcess, span: string): Promise<void> {
  await clock(server, 'advance', span);
}

/** Back to the time of the system. */
export async function resumeClock(server: ServerProcess): Promise<void> {
  await clock(server, 'resume');
}

async function clock(server: ServerProcess, ...args: string[]): Promise<void> {
  const env = { ...process.env, COSETTE_SECRET_ID: SECRET_ID, COSETTE_SECRET_KEY: SECRET_KEY, COSETTE_APPID: APPID };
  const all = ['clock', ...args, '--ready-file', join(server.folder, 'ready.json')];
  await run(process.execPath, ['dist/cli/main.js', ...all], { env, timeout: 20_000 });
}
