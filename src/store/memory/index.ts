/** The engine that keeps everything in memory: for tests and for stores that need not outlive their process. */
import type { Store } from '../store.ts';
import { MemoryBlobs } from './blobs.ts';
import { Budget } from './budget.ts';
import { MemoryMeta } from './meta.ts';

export interface MemoryStoreOptions {
  /** Largest body for `BlobStore.stage`, bytes; default 1 MiB. */
  readonly stageLimitBytes?: number;
  /** What rows and bodies may hold together, bytes; more raises StoreError `full`. Default 2 GiB. */
  readonly capacityBytes?: number;
}

export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  const budget = new Budget(options.capacityBytes ?? 2 * 1024 ** 3);
  const blobs = new MemoryBlobs(options.stageLimitBytes ?? 1024 ** 2, budget);
  const meta = new MemoryMeta(blobs, budget);
  return {
    meta,
    blobs,
    async close() {
      meta.close();
      blobs.close();
    },
  };
}
