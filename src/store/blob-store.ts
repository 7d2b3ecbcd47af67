/**
 * The port for bodies: write-once blobs under references the engine chooses. Every engine passes
 * `conformance/blob-store-suite.ts`.
 *
 * Life of a blob: staged → attached to a row by a commit (then durable) → deleted by reference once no row needs it.
 * What is staged and never attached is discarded, at the latest when the store is opened again.
 */
import type { MaybePromise } from './meta-store.ts';

/** Names a durable blob: opaque bytes (at most 32), stable for its life, safe to keep inside values. */
export type BlobRef = Buffer & { readonly __blobRef?: never };

/** A body that is complete but not yet part of any commit. Belongs to the store that made it. */
export interface StagedBlob {
  readonly staged: true;
  /** bytes */
  readonly size: number;
}

export interface BlobWriter {
  /** Takes the chunk; the buffer may be reused once the promise (if any) resolves. Await it: that is the back-pressure. */
  write(chunk: Buffer): MaybePromise<void>;
  /** Makes the body durable (or ready to become so with the commit that attaches it). */
  finish(): Promise<StagedBlob>;
  /** Gives everything back. Safe after any failure, and after `finish` for a blob that was not attached. */
  abort(): Promise<void>;
}

export interface BlobHandle {
  /** bytes */
  readonly size: number;
  /** Fills `target` from `position`; returns the bytes read, fewer than asked only at the end. */
  read(position: number, target: Buffer): Promise<number>;
  close(): MaybePromise<void>;
}

export interface BlobStore {
  /** Bodies up to this many bytes should be staged whole with `stage`: they cost no sync of their own. */
  readonly stageLimit: number;
  /** Takes a whole body of at most `stageLimit` bytes; the buffer must not change afterwards. */
  stage(body: Buffer): StagedBlob;
  /** Opens a writer for a body of any size. @param sizeHint bytes, if known */
  create(sizeHint?: number): Promise<BlobWriter>;
  /** Gives back a staged blob that no commit will attach. */
  discard(blob: StagedBlob): Promise<void>;
  /** A whole blob of at most `stageLimit` bytes. The buffer may be shared with a cache: never write to it. */
  load(ref: BlobRef): MaybePromise<Buffer>;
  /** Random access, for bodies of any size. An open handle stays readable when the blob is deleted meanwhile. */
  open(ref: BlobRef): MaybePromise<BlobHandle>;
  /** Frees the blobs; one that is gone already is no error. Durable when it resolves. */
  delete(refs: readonly BlobRef[]): Promise<void>;
  /** What the engine holds, for `doctor` and tests. Bytes and counts of bodies, dead bytes not yet compacted apart. */
  usage(): Promise<BlobUsage>;
}

export interface BlobUsage {
  /** Attached and not deleted. */
  readonly liveBlobs: number;
  readonly liveBytes: number;
  /** Deleted or superseded, still on disk until compaction. */
  readonly deadBytes: number;
  /** Bodies on disk that belong to no commit and to no open writer: must be 0 once the store has settled. */
  readonly orphans: number;
}
