/**
 * One state of a server, with the requests that belong to it. The address stays while states follow each other: `reset`
 * and `restore` put a new one in its place.
 */
import type { WireRequest } from '../http/types.ts';
import type { ServerConfig } from '../platform/config/index.ts';
import { bucketLogger } from '../server/access-logs.ts';
import type { App } from '../server/app.ts';
import { type RunningServer, type ServerDependencies, startServer } from '../server/index.ts';
import type { MemoryStore } from '../store/memory/index.ts';

export class Stage {
  /** undefined for a folder. */
  readonly store: MemoryStore | undefined;
  readonly #server: RunningServer;
  readonly #logForBucket: ReturnType<typeof bucketLogger>;
  readonly #running = new Set<WireRequest>();
  #idle: (() => void) | undefined;

  private constructor(server: RunningServer, store: MemoryStore | undefined) {
    this.#server = server;
    this.store = store;
    this.#logForBucket = bucketLogger(server.app.services);
  }

  /** @throws as `startServer` */
  static async open(
    config: ServerConfig,
    given: Omit<ServerDependencies, 'store'>,
    store?: MemoryStore,
  ): Promise<Stage> {
    // It listens nowhere: the address belongs to all states.
    const server = await startServer({ ...config, host: [] }, { ...given, ...(store === undefined ? {} : { store }) });
    return new Stage(server, store);
  }

  get app(): App {
    return this.#server.app;
  }

  get account(): RunningServer['account'] {
    return this.#server.account;
  }

  handle(request: WireRequest): ReturnType<App['handler']> {
    this.#running.add(request);
    return this.#server.app.handler(request);
  }

  /** Once the answer has gone. */
  finished(request: WireRequest, status: number, bytes: number, ms: number): void {
    this.#logForBucket(request, status, bytes, ms);
    if (this.#running.delete(request) && this.#running.size === 0) this.#idle?.();
  }

  /** @param graceMs for the requests that run */
  async close(graceMs: number): Promise<void> {
    if (this.#running.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, graceMs).unref();
        this.#idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    await this.#server.close();
    await this.store?.close();
  }
}
