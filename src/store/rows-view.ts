/**
 * All rows as they were at one moment, however long the reading takes. Commits do not wait for it and do not show in it.
 *
 * It holds rows only: a blob that is deleted after that moment is gone, whatever the view says.
 */
import type { MaybePromise, MetaStore, ScanRequest, ScanResult } from './meta-store.ts';
import { StoreError } from './store.ts';

export interface RowsView {
  /** As `MetaStore.scan`. @throws StoreError closed, once the view or its store is */
  scan(request: ScanRequest): MaybePromise<ScanResult>;
  /** Gives back what it pins. May be called twice. */
  close(): void;
}

/** The open views of a store, which end with it. */
export class OpenViews {
  readonly #open = new Set<() => void>();

  /** @param scan reads at the moment of the view @param release called once */
  add(scan: (request: ScanRequest, assertOpen: () => void) => MaybePromise<ScanResult>, release: () => void): RowsView {
    const close = () => {
      if (this.#open.delete(close)) release();
    };
    const assertOpen = () => {
      if (!this.#open.has(close)) throw new StoreError('closed', 'The view is closed');
    };
    this.#open.add(close);
    return {
      scan(request) {
        assertOpen();
        return scan(request, assertOpen);
      },
      close,
    };
  }

  closeAll(): void {
    for (const close of this.#open) close();
  }
}

/** Reads all rows of a view from `from` on, in key order. */
export async function* rowsOf(view: Pick<MetaStore, 'scan'>, from: Buffer, to: Buffer) {
  let next: Buffer | undefined = from;
  while (next !== undefined) {
    const page: ScanResult = await view.scan({ from: next, to, limit: 1_000 });
    yield* page.rows;
    next = page.resume;
  }
}
