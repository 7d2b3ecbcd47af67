/** Rows of deferred deletion. */
import type { BlobRef } from '../../store/blob-store.ts';
import { pack, unpack } from './pack.ts';

/** Work that frees space once nothing can need it any more (model/deletions.ts). */
export type DeletionJob =
  /** bodies of one dropped version; `owner` names the version for readers that still hold it */
  | { readonly kind: 'blobs'; readonly owner: Buffer; readonly refs: readonly BlobRef[] }
  /** a dropped manifest: chunk rows and the blobs they list */
  | {
      readonly kind: 'manifest';
      readonly owner: Buffer;
      readonly bucketId: Buffer;
      readonly manifest: Buffer;
      readonly chunks: number;
    }
  /** part rows of a finished or aborted upload; blobs of the numbers set in `kept` belong to the object now */
  | { readonly kind: 'parts'; readonly bucketId: Buffer; readonly uploadId: string; readonly kept: Buffer }
  /** a row that has expired */
  | { readonly kind: 'row'; readonly key: Buffer };

export function packJob(job: DeletionJob): Buffer {
  switch (job.kind) {
    case 'blobs':
      return pack([1, 0, job.owner, job.refs]);
    case 'manifest':
      return pack([1, 1, job.owner, job.bucketId, job.manifest, job.chunks]);
    case 'parts':
      return pack([1, 2, job.bucketId, job.uploadId, job.kept]);
    case 'row':
      return pack([1, 3, job.key]);
  }
}

export function unpackJob(value: Buffer): DeletionJob {
  const f = unpack(value);
  switch (f[1]) {
    case 0:
      return { kind: 'blobs', owner: f[2] as Buffer, refs: f[3] as BlobRef[] };
    case 1:
      return {
        kind: 'manifest',
        owner: f[2] as Buffer,
        bucketId: f[3] as Buffer,
        manifest: f[4] as Buffer,
        chunks: f[5] as number,
      };
    case 2:
      return { kind: 'parts', bucketId: f[2] as Buffer, uploadId: f[3] as string, kept: f[4] as Buffer };
    default:
      return { kind: 'row', key: f[2] as Buffer };
  }
}
