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
  run: ({ services, bucket }, { key, versionId, ifMatch }) => remove(services, bucket, key, versionId, ifMatch),
});
