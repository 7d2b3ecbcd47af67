/** DELETE Object. Source: spec/objects.md §3, §8.7. */
import type { DeleteConditions } from '../model/conditions.ts';
import { type Deleted, deleteObject as remove } from '../model/write-object.ts';
import { mayBypassGovernance } from './bypass-governance.ts';
import { bucketOperation } from './operation.ts';

export interface DeleteObjectInput extends DeleteConditions {
  readonly key: string;
  readonly versionId: string | undefined;
  /** Asks that a retention of GOVERNANCE be lifted, which takes a right of its own. */
  readonly bypassGovernance?: boolean;
}

export const deleteObject = bucketOperation<DeleteObjectInput, Deleted>({
  name: 'DeleteObject',
  level: 'object',
  method: 'DELETE',
  action: 'name/cos:DeleteObject',
  access: 'bucket-write',
  success: [204],
  errors: ['NoSuchKey', 'PathConflict', 'PreconditionFailed'],
  spec: 'objects.md §8.7',
  async run(context, input) {
    const { services, bucket, trace } = context;
    const { key, versionId } = input;
    const options =
      input.bypassGovernance === true
        ? { ...input, bypassGovernance: await mayBypassGovernance(context, key, versionId) }
        : input;
    const deleted = await remove(services, bucket, key, versionId, options);
    if (deleted.record !== undefined) trace.object = deleted.record;
    if (deleted.freedBytes !== undefined) trace.deltaBytes = -deleted.freedBytes;
    return deleted;
  },
});
