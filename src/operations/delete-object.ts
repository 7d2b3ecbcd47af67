/** DELETE Object. Source: spec/objects.md §3, §8.7. */
import { type Deleted, deleteObject as remove } from '../model/write-object.ts';
import { bucketOperation } from './operation.ts';

export interface DeleteObjectInput {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly ifMatch: string | undefined;
}

export const deleteObject = bucketOperation<DeleteObjectInput, Deleted>({
  name: 'DeleteObject',
  level: 'object',
  method: 'DELETE',
  action: 'name/cos:DeleteObject',
  access: 'bucket-write',
  success: [204],
  errors: ['PathConflict', 'PreconditionFailed'],
  spec: 'objects.md §8.7',
  async run({ services, bucket, trace }, { key, versionId, ifMatch }) {
    const deleted = await remove(services, bucket, key, versionId, ifMatch);
    if (deleted.record !== undefined) trace.object = deleted.record;
    if (deleted.freedBytes !== undefined) trace.deltaBytes = -deleted.freedBytes;
    return deleted;
  },
});
