/** Lets this process see what others change about identities: within a second, so it looks twice as often. */
import type { Directory } from '../access/directory/directory.ts';

/** ms */
const PAUSE_MS = 500;

export class DirectoryRefresher {
  readonly #directory: Pick<Directory, 'refresh'>;
  readonly #onError: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(directory: Pick<Directory, 'refresh'>, onError: (error: unknown) => void) {
    this.#directory = directory;
    this.#onError = onError;
  }

  start(): void {
    this.#stopped = false;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#directory.refresh().catch(this.#onError);
      void this.#running.then(() => this.#schedule());
    }, PAUSE_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
