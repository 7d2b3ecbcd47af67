/** Starts a bare server. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryBeside } from '../entry.ts';
import { bodyOf, type Target } from '../load/job.ts';

export interface BareServer {
  readonly target: Target;
  readonly pid: number;
  stop(): Promise<void>;
}

/** @param longest bytes of the longest body that will be asked for */
export async function startBareServer(folder: string, longest: number): Promise<BareServer> {
  const file = join(folder, 'bare-body');
  writeFileSync(file, bodyOf(longest));
  const child = fork(entryBeside(import.meta.url, './bare-server'), [file], { stdio: ['ignore', 2, 2, 'ipc'] });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    target: { port, host: `127.0.0.1:${port}` },
    pid: child.pid!,
    async stop() {
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}
