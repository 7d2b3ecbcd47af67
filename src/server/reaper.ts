/** Runs deferred deletions in the background, one run at a time. */
import { runDeletions } from '../model/deletions.ts';
import type { Services } from '../model/services.ts';

/** Pause between runs that found nothing more to do, ms. */
const PAUSE_MS = 1_000;

export class Reaper {
  readonly #services: Services;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(services: Services, onError: (error: unknown) => void) {
    this.#services = services;
    this.#onError = onError;
  }

  start(): void {
    this.#stopped = false;
    this.#schedule(PAUSE_MS);
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#run();
    }, ms);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    let more = false;
    try {
      const run = await runDeletions(this.#services, this.#services.clock.nowMs());
      more = run.more && run.jobs > 0;
    } catch (error) {
      this.#onError(error);
    }
    this.#schedule(more ? 1 : PAUSE_MS);
  }

  /** Runs everything that waits, due or not. For tests and for `doctor`. */
  async drain(): Promise<void> {
    for (;;) {
      const { jobs, more } = await runDeletions(this.#services, Number.POSITIVE_INFINITY);
      if (!more || jobs === 0) return;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
