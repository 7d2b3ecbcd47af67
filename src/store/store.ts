import type { BlobStore } from './blob-store.ts';
import type { MaybePromise, MetaStore } from './meta-store.ts';
import type { RowsView } from './rows-view.ts';

/** One engine: both ports over the same data. */
export interface Store {
  readonly meta: MetaStore;
  readonly blobs: BlobStore;
  /** The rows of all commits that have resolved, as they are now. Close it: it holds memory or disk space. @throws StoreError */
  view(): MaybePromise<RowsView>;
  /** Lets running commits finish, then releases files and locks. Reads and commits afterwards throw StoreError. */
  close(): Promise<void>;
}

/** Limits enforced above every engine (DESIGN §2). */
export const STORE_LIMITS = {
  /** 850 key bytes may double when escaped (keys.ts), so 1,500 would not hold the worst key. */
  keyBytes: 1_900,
  valueBytes: 64 * 1024,
  commitKeys: 100,
  commitBytes: 512 * 1024,
  refBytes: 32,
} as const;

/** Default of `ScanRequest.maxBytes`, and the bound of a page of `collapse`. */
export const PAGE_BYTES = 4 * 1024 * 1024;

export type StoreErrorKind =
  /** the caller broke a limit or a rule of the port: a bug above the port */
  | 'misuse'
  /** no space left on the device */
  | 'full'
  /** the engine cannot go on (disk error); it accepts nothing more */
  | 'failed'
  /** what was asked for is not there or is damaged */
  | 'missing'
  | 'damaged'
  | 'closed'
  /** the data folder is held by another process */
  | 'locked'
  /** the data folder was written by a newer format */
  | 'newer-format';

export class StoreError extends Error {
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.kind = kind;
  }
}
