/**
 * The port for metadata: an ordered key-value store with optimistic commit.
 *
 * Keys and values are bytes; order is byte order. Nothing here knows what COS is. Every engine passes
 * `conformance/meta-store-suite.ts`.
 */
import type { BlobRef, StagedBlob } from './blob-store.ts';

export type MaybePromise<T> = T | Promise<T>;

export interface Row {
  readonly key: Buffer;
  readonly value: Buffer;
  /** Number of the commit that wrote this row: grows over the whole store, never reused. */
  readonly version: number;
  /** The blob attached to the row, if one was (`Put.blob`). */
  readonly blob?: BlobRef;
}

export interface ScanRequest {
  /** First key, inclusive. */
  readonly from: Buffer;
  /** End of the range, exclusive. */
  readonly to: Buffer;
  /** At most this many rows (1 … 10,000). */
  readonly limit: number;
  /** Stop once keys and values returned exceed this many bytes (at least one row is returned); default 4 MiB. */
  readonly maxBytes?: number;
}

export interface ScanResult {
  readonly rows: Row[];
  /** Where the next scan starts: present exactly when a further row exists in the range. */
  readonly resume?: Buffer;
  /** Rows the engine looked at: the cost of the page. */
  readonly visited: number;
}

export interface CollapseRequest {
  /** Every key of the range starts with these bytes. */
  readonly prefix: Buffer;
  readonly from: Buffer;
  readonly to: Buffer;
  /** At least one byte. Keys that hold it after `prefix` collapse into one entry up to and including it. */
  readonly delimiter: Buffer;
  /**
   * At most this many entries, rows and prefixes together. A page ends before, with `resume`, once its keys, values
   * and prefixes exceed PAGE_BYTES.
   */
  readonly limit: number;
}

export type CollapseEntry =
  | { readonly row: Row; readonly prefix?: undefined }
  | { readonly prefix: Buffer; readonly row?: undefined };

export interface CollapseResult {
  readonly entries: CollapseEntry[];
  /** As in ScanResult; after a common prefix it lies behind every key of that prefix. */
  readonly resume?: Buffer;
  readonly visited: number;
}

/** `version: 0` means "the key is absent"; otherwise "the key is still at this version". */
export interface Check {
  readonly key: Buffer;
  readonly version: number;
}

export interface Put {
  readonly key: Buffer;
  readonly value: Buffer;
  /**
   * Attached to the row: a body staged in this store's BlobStore (durable with the commit; attached once), or a ref
   * that is durable. The blob lives until it is deleted by reference, whatever becomes of the row.
   */
  readonly blob?: StagedBlob | BlobRef;
}

export interface Commit {
  /** Exclusive conditions: of two racing commits that check and change one key, one fails. */
  readonly checks?: readonly Check[];
  /** Shared conditions: many commits may assert them at once; only a change of the key itself makes one fail. */
  readonly guards?: readonly Check[];
  readonly puts?: readonly Put[];
  readonly deletes?: readonly Buffer[];
}

export type CommitResult =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly failed: Buffer };

export interface MetaStore {
  /** One consistent snapshot of the keys, in their order; `undefined` where absent. */
  get(keys: readonly Buffer[]): MaybePromise<(Row | undefined)[]>;
  scan(request: ScanRequest): MaybePromise<ScanResult>;
  /** The accelerator for delimiter listing; equal to `naiveCollapse` (collapse.ts) over `scan`, only cheaper. */
  collapse(request: CollapseRequest): MaybePromise<CollapseResult>;
  /**
   * Resolves when the change is durable *and* visible to every later read, or when a condition failed (nothing
   * changed then). A blob staged for a failed commit stays staged: commit again with it, or discard it.
   * @throws StoreError
   */
  commit(commit: Commit): Promise<CommitResult>;
}
