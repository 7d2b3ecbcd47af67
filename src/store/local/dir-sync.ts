import type { Disk } from '../../platform/disk.ts';

/** Syncs of one folder: those who ask while one runs share the next. */
export class DirSync {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #enabled: boolean;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** @param enabled false: `sync` does nothing */
  constructor(disk: Disk, path: string, enabled: boolean) {
    this.#disk = disk;
    this.#path = path;
    this.#enabled = enabled;
  }

  /** Resolves when every entry made before the call is durable. */
  sync(): Promise<void> {
    if (!this.#enabled) return Promise.resolve();
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  #start(): Promise<void> {
    this.#next = undefined;
    const running = this.#disk.syncDir(this.#path);
    this.#running = running;
    const done = () => {
      if (this.#running === running) this.#running = undefined;
    };
    running.then(done, done);
    return running;
  }
}
