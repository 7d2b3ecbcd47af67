/** The load generator's process: takes jobs over IPC, runs them as a closed loop over kept connections. */
import { Histogram } from '../histogram.ts';
import { Client, type ClientEvents } from './connection.ts';
import type { FromWorker, Job, RunLimits, RunResult, ToWorker } from './job.ts';
import { RequestSource } from './requests.ts';

const MOST_EXAMPLES = 3;

class Load {
  readonly #clients: Client[];
  readonly #source: RequestSource;
  #run: Run | undefined;

  constructor(job: Job) {
    this.#source = new RequestSource(job);
    const events: ClientEvents = {
      next: () => this.#run!.next(),
      done: (...answer) => this.#run!.done(...answer),
      idle: () => this.#run!.idle(),
      failed: (error) => send({ type: 'failed', message: error.message }),
    };
    this.#clients = Array.from({ length: job.connections }, () => new Client(job, events));
  }

  async run(limits: RunLimits): Promise<RunResult> {
    this.#source.prepare(limits.requests);
    const run = new Run(this.#source, limits, this.#clients.length);
    this.#run = run;
    for (const client of this.#clients) client.start();
    return await run.finished;
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}

/** One measured stretch. */
class Run {
  readonly finished: Promise<RunResult>;
  readonly #source: RequestSource;
  readonly #startedAt = performance.now();
  readonly #endsAt: number;
  readonly #latencies = new Histogram();
  readonly #examples: string[] = [];
  #left: number;
  #active: number;
  #requests = 0;
  #bytes = 0;
  #sampled = 0;
  #wrong = 0;
  #finish!: (result: RunResult) => void;

  constructor(source: RequestSource, limits: RunLimits, clients: number) {
    this.#source = source;
    this.#endsAt = this.#startedAt + limits.ms;
    this.#left = limits.requests;
    this.#active = clients;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  next(): Buffer | undefined {
    if (this.#left === 0 || performance.now() >= this.#endsAt) return undefined;
    this.#left -= 1;
    return this.#source.take();
  }

  done(ms: number, bytes: number, sampled: boolean, wrong: string | undefined): void {
    this.#requests += 1;
    this.#bytes += bytes;
    this.#latencies.record(ms);
    if (sampled) this.#sampled += 1;
    if (wrong !== undefined) {
      this.#wrong += 1;
      if (this.#examples.length < MOST_EXAMPLES) this.#examples.push(wrong);
    }
  }

  idle(): void {
    this.#active -= 1;
    if (this.#active > 0) return;
    this.#finish({
      requests: this.#requests,
      bytes: this.#bytes,
      ms: performance.now() - this.#startedAt,
      latencies: this.#latencies.counts,
      sampled: this.#sampled,
      wrong: this.#wrong,
      examples: this.#examples,
      used: this.#source.used,
    });
  }
}

/** Nobody listens any more when the bench is over and only the server's last connections still close. */
function send(message: FromWorker): void {
  if (process.connected) process.send!(message, undefined, undefined, () => undefined);
}

let load: Load | undefined;

process.on('message', (message: ToWorker) => {
  if (message.type === 'job') {
    load?.close();
    load = new Load(message.job);
    send({ type: 'ready' });
    return;
  }
  load!.run(message.limits).then(
    (result) => send({ type: 'result', result }),
    (error: Error) => send({ type: 'failed', message: error.message }),
  );
});
process.on('disconnect', () => process.exit(0));
