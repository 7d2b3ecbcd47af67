/** The object a read names, once it is known that the reader may see it. Source: spec/objects.md §2.14, §9.4. */
import { authorizeObjectRead } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { type FoundObject, readObject, resolveSymlink } from '../model/read-object.ts';
import type { BucketContext } from './operation.ts';

export interface ObjectVersionInput {
  readonly key: string;
  /** undefined: the newest */
  readonly versionId: string | undefined;
}

/**
 * @param links `follow` gives what a symlink points to, `keep` the link itself
 * @throws CosError AccessDenied, NoSuchKey, NoSuchVersion, InvalidRequest (a symlink to a symlink)
 */
export async function findReadable(
  { services, identity, bucket }: BucketContext,
  { key, versionId }: ObjectVersionInput,
  links: 'follow' | 'keep' = 'follow',
): Promise<FoundObject> {
  let object: FoundObject;
  try {
    object = await readObject(services, bucket, key, versionId);
    if (links === 'follow' && object.record.kind === 'symlink') {
      object = await resolveSymlink(services, bucket, object, (link) =>
        authorizeObjectRead(identity, bucket.record, link.attributes),
      );
    }
  } catch (error) {
    // Whether something is there is for those alone who may read the bucket.
    if (error instanceof CosError) authorizeObjectRead(identity, bucket.record, undefined);
    throw error;
  }
  authorizeObjectRead(identity, bucket.record, object.record.attributes);
  return object;
}
