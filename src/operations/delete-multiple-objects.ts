/** DELETE Multiple Objects. Source: spec/objects.md §8.8. */
import { aboutVersion, authorizeKey } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { type Deleted, deleteObject } from '../model/write-object.ts';
import { bucketOperation } from './operation.ts';

export interface DeleteTarget {
  readonly key: string;
  readonly versionId: string | undefined;
  /** ETag the object must have, in quotes, or `*`. */
  readonly ifMatch: string | undefined;
}

export interface DeleteMultipleObjectsInput {
  readonly quiet: boolean;
  /** 1 … 1,000 */
  readonly targets: readonly DeleteTarget[];
}

export type DeleteOutcome =
  | { readonly target: DeleteTarget; readonly deleted: Deleted; readonly error?: undefined }
  | { readonly target: DeleteTarget; readonly error: CosError };

export interface DeleteMultipleObjectsResult {
  readonly quiet: boolean;
  /** In the order of the request. */
  readonly outcomes: readonly DeleteOutcome[];
}

/** Deletions under way at once: enough to share a group commit, few enough to leave room for others. */
const PARALLEL = 32;

export const deleteMultipleObjects = bucketOperation<DeleteMultipleObjectsInput, DeleteMultipleObjectsResult>({
  name: 'DeleteMultipleObjects',
  level: 'bucket',
  method: 'POST',
  subresource: 'delete',
  action: 'name/cos:DeleteObject',
  alsoActions: ['DeleteMultipleObjects', 'DeleteMultipleObject'],
  access: 'each-key',
  success: [200],
  errors: [
    'BadDigest',
    'InvalidDigest',
    'MalformedXML',
    'MissingContentMD5',
    'MissingRequestBodyError',
    'PathConflict',
    'XMLSizeLimit',
  ],
  spec: 'objects.md §8.8',
  async run(context, { quiet, targets }) {
    const { services, bucket } = context;
    const outcomes: DeleteOutcome[] = new Array(targets.length);
    let next = 0;
    let deltaBytes = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < targets.length; at = next++) {
        const target = targets[at]!;
        try {
          await authorizeKey(aboutVersion(context, target.versionId), context.actions, bucket, target.key);
          const deleted = await deleteObject(services, bucket, target.key, target.versionId, target.ifMatch);
          deltaBytes -= deleted.freedBytes ?? 0;
          outcomes[at] = { target, deleted };
        } catch (error) {
          if (!(error instanceof CosError)) throw error;
          outcomes[at] = { target, error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, targets.length) }, worker));
    context.trace.deltaBytes = deltaBytes;
    return { quiet, outcomes };
  },
});
