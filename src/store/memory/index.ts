/** The engine that keeps everything in memory: for tests and for stores that need not outlive their process. */

import { OpenViews } from '../rows-view.ts';
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

export interface MemoryStore extends Store {
  /** What rows and bodies take of the capacity, bytes. */
  readonly usedBytes: number;
  /**
   * A store of its own with all that is committed, made between two commits; bodies that are still staged are not in it.
   * Takes time by the rows, and memory by what changes afterwards. @throws StoreError closed
   */
  copy(): MemoryStore;
}

export function openMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const budget = new Budget(options.capacityBytes ?? 2 * 1024 ** 3);
  const blobs = new MemoryBlobs(options.stageLimitBytes ?? 1024 ** 2, budget);
  return storeOf(new MemoryMeta(blobs, budget), blobs, budget);
}

function storeOf(meta: MemoryMeta, blobs: MemoryBlobs, budget: Budget): MemoryStore {
  const views = new OpenViews();
  return {
    meta,
    blobs,
    get usedBytes() {
      return budget.used;
    },
    copy() {
      const ownBudget = budget.fresh();
      const ownBlobs = blobs.copy(ownBudget);
      return storeOf(meta.copy(ownBlobs, ownBudget), ownBlobs, ownBudget);
    },
    view() {
      // A copy of the rows' order; the rows themselves are shared, and nothing writes to them.
      const rows = meta.copy(blobs, budget.fresh());
      return views.add(
        (request) => rows.scan(request),
        () => rows.close(),
      );
    },
    async close() {
      views.closeAll();
      meta.close();
      blobs.close();
    },
  };
}
