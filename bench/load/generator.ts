/** The parent's side of a load generator process. */
import { type ChildProcess, fork } from 'node:child_process';
import { entryBeside } from '../entry.ts';
import type { FromWorker, Job, RunLimits, RunResult, ToWorker } from './job.ts';

/** What a run may take beyond its limit. */
const SLACK_MS = 60_000;

export class LoadGenerator {
  readonly #process: ChildProcess = fork(entryBeside(import.meta.url, './worker'), { stdio: ['ignore', 2, 2, 'ipc'] });

  /** Opens the connections and makes the requests that can be made once. Ends the job before. */
  async assign(job: Job): Promise<void> {
    await this.#ask({ type: 'job', job }, SLACK_MS);
  }

  /** @throws Error when a connection breaks or an answer cannot be read */
  async run(limits: RunLimits): Promise<RunResult> {
    const answer = await this.#ask({ type: 'run', limits }, limits.ms + SLACK_MS);
    if (answer.type !== 'result') throw new Error('the load generator lost its place');
    return answer.result;
  }

  close(): void {
    if (this.#process.connected) this.#process.disconnect();
  }

  #ask(message: ToWorker, ms: number): Promise<FromWorker> {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        act();
      };
      const onMessage = (answer: FromWorker): void =>
        settle(() => {
          if (answer.type === 'failed') reject(new Error(`load generator: ${answer.message}`));
          else resolve(answer);
        });
      const onExit = (): void => settle(() => reject(new Error('the load generator ended')));
      const timer = setTimeout(() => settle(() => reject(new Error('the load generator does not answer'))), ms);
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(message);
    });
  }
}
