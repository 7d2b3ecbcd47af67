/** The object a read names, once it is known that the reader may see it. Source: spec/objects.md §2.14, §9.4. */
import { authorizeObject, type JudgedObject } from '../access/authorize.ts';
import { CosError } from '../errors/cos-error.ts';
import { type FoundObject, readObject, resolveSymlink } from '../model/read-object.ts';
import { readKeyState, versionIdOf } from '../model/versions.ts';
import type { BucketContext } from './operation.ts';

export interface ObjectVersionInput {
  readonly key: string;
  /** undefined: the newest */
  readonly versionId: string | undefined;
  /** Whether an error says that the newest version is a delete marker. Default: not. */
  readonly tellsMarker?: boolean;
}

/** The error that nothing is there, with the delete marker that says so, if one does. */
async function withMarker({ services, bucket }: BucketContext, key: string, error: unknown): Promise<unknown> {
  if (!(error instanceof CosError) || error.code !== 'NoSuchKey' || error.details.facts !== undefined) return error;
  const { marker } = await readKeyState(services, bucket, key);
  if (marker === undefined) return error;
  return new CosError('NoSuchKey', { facts: { deleteMarker: versionIdOf(services, marker.record) } });
}

/**
 * @param links `follow` gives what a symlink points to, `keep` the link itself
 * @throws CosError AccessDenied, NoSuchKey, NoSuchVersion, InvalidRequest (a symlink to a symlink)
 */
export async function findReadable(
  context: BucketContext,
  { key, versionId, tellsMarker }: ObjectVersionInput,
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
    throw tellsMarker === true && versionId === undefined ? await withMarker(context, key, error) : error;
  }
  const judged = judge(object.record.attributes);
  if (judged !== undefined) await judged;
  context.trace.object = object.record;
  return object;
}
