/** PUT, GET and DELETE Bucket tagging. Source: spec/buckets.md §20. */
import { CosError } from '../../errors/cos-error.ts';
import type { WireRequest } from '../../http/types.ts';
import { XML_CONFIG_BYTES } from '../../http/xml.ts';
import type { Limits } from '../../model/services.ts';
import { checkBucketTags } from '../../model/tags.ts';
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from '../../operations/bucket-tagging.ts';
import { codec, emptyReply } from '../codec.ts';
import { readXml, refuseBody } from '../decode/body.ts';
import { decodeTagSet } from '../decode/tags.ts';
import { tagSetReply } from '../tag-set-reply.ts';

export const putBucketTaggingCodec = codec({
  operation: putBucketTagging,
  async decode({ wire }, limits) {
    try {
      return { tags: await readTags(wire, limits) };
    } catch (error) {
      if (error instanceof CosError) return { tags: error };
      throw error;
    }
  },
  encode: () => emptyReply(204),
});

async function readTags(wire: WireRequest, limits: Limits): Promise<string[]> {
  const tags = decodeTagSet(await readXml(wire, 'Tagging', XML_CONFIG_BYTES, limits), checkBucketTags);
  if (tags.length === 0) throw new CosError('MalformedXML', { message: 'There must be a Tag.' });
  return tags;
}

export const getBucketTaggingCodec = codec({
  operation: getBucketTagging,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ tags }) => tagSetReply(tags),
});

export const deleteBucketTaggingCodec = codec({
  operation: deleteBucketTagging,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
