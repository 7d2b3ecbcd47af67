/** The object a read names, once it is known that the reader may see it. Source: spec/objects.md §2.14, §9.4. */
import { authorizeObject, type JudgedObject } from '../access/authorize.ts';
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
  context: BucketContext,
  { key, versionId }: ObjectVersionInput,
  links: 'follow' | 'keep' = 'follow',
): Promise<FoundObject> {
  const { services, actions, bucket } = context;
  // From a followed symlink on, the key of its target.
  let judgedKey = key;
  const judge = (object: JudgedObject | undefined) =>
    authorizeObject(context, actions, bucket, judgedKey, object, 'READ');
  let object: FoundObject;
  try {
    object = await readObject(services, bucket, key, versionId);
    if (links === 'follow' && object.record.kind === 'symlink') {
      object = await resolveSymlink(services, bucket, object, async (link) => {
        await judge(link.attributes);
        judgedKey = link.attributes.extra?.symlink ?? key;
      });
    }
  } catch (error) {
    // Whether something is there is for those alone who could read it.
    if (error instanceof CosError) await judge(undefined);
    throw error;
  }
  const judged = judge(object.record.attributes);
  if (judged !== undefined) await judged;
  context.trace.object = object.record;
  return object;
}
