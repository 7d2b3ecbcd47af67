import type { BlobRef, StagedBlob } from '../blob-store.ts';
import { StoreError } from '../store.ts';

/** A body that waits for its commit: in memory, or (with `fileRef`) a file that is durable already. */
export class LocalStaged implements StagedBlob {
  readonly staged = true;
  readonly size: number;
  readonly owner: object;
  readonly body: Buffer | undefined;
  readonly fileRef: BlobRef | undefined;
  /** `claimed`: a commit that attaches it is under way. */
  state: 'staged' | 'claimed' | 'attached' | 'discarded' = 'staged';

  constructor(owner: object, size: number, body: Buffer | undefined, fileRef?: BlobRef) {
    this.owner = owner;
    this.size = size;
    this.body = body;
    this.fileRef = fileRef;
  }
}

/** @throws StoreError misuse for a blob of another store */
export function ownBlob(blob: StagedBlob, owner: object): LocalStaged {
  if (blob instanceof LocalStaged && blob.owner === owner) return blob;
  throw new StoreError('misuse', 'The staged blob belongs to another store');
}
