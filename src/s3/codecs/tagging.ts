/** Tag sets are told sorted by their keys. Source: spec/s3.md §7, §12.2. */
import * as nativeBuckets from '../../cos/codecs/bucket-tagging.ts';
import * as native from '../../cos/codecs/properties.ts';
import { tagSetReply } from '../../cos/tag-set-reply.ts';
import type { WireReply } from '../../http/types.ts';
import { getBucketTagging } from '../../operations/bucket-tagging.ts';
import { getObjectTagging } from '../../operations/object-tagging.ts';
import { over } from './over.ts';

/** @param tags flat: key, value … */
function sorted({ headers }: WireReply, { tags }: { readonly tags: readonly string[] }): WireReply {
  const pairs: [key: string, value: string][] = [];
  for (let i = 0; i < tags.length; i += 2) pairs.push([tags[i]!, tags[i + 1]!]);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...tagSetReply(pairs.flat()), headers };
}

export const getBucketTaggingCodec = over(getBucketTagging, nativeBuckets.getBucketTaggingCodec, { reply: sorted });
export const getObjectTaggingCodec = over(getObjectTagging, native.getObjectTaggingCodec, { reply: sorted });
