/** DELETE Multiple Objects. Source: spec/objects.md §8.8. */
import { aboutVersion, authorizeKey } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import type { DeleteConditions } from '../model/conditions.ts';
import { type Deleted, deleteObject } from '../model/write-object.ts';
import { mayBypassGovernance } from './bypass-governance.ts';
import { bucketOperation } from './operation.ts';

export interface DeleteTarget extends DeleteConditions {
  readonly key: string;
  readonly versionId: string | undefined;
}

export interface DeleteMultipleObjectsInput {
  readonly quiet: boolean;
  /** 1 … 1,000 */
  readonly targets: readonly DeleteTarget[];
  /** Asks that retentions of GOVERNANCE be lifted, which takes a right of its own for each key. */
  readonly bypassGovernance?: boolean;
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
  async run(context, { quiet, targets, bypassGovernance: asked }) {
    const { services, bucket } = context;
    const outcomes: DeleteOutcome[] = new Array(targets.length);
    let next = 0;
    let deltaBytes = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < targets.length; at = next++) {
        const target = targets[at]!;
        try {
          await authorizeKey(aboutVersion(context, target.versionId), context.actions, bucket, target.key);
          const { key, versionId } = target;
          const options =
            asked === true
              ? { ...target, bypassGovernance: await mayBypassGovernance(context, key, versionId) }
              : target;
          const deleted = await deleteObject(services, bucket, key, versionId, options);
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
