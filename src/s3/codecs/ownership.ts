/** Ownership controls of a bucket. Source: spec/s3.md §9. */
import { codec, emptyReply, xmlReply } from '../../cos/codec.ts';
import { readXml, refuseBody } from '../../cos/decode/body.ts';
import { malformedXml, XML_CONFIG_BYTES, xmlChildren, xmlText } from '../../http/xml.ts';
import type { Ownership } from '../../model/records/bucket-features.ts';
import {
  deleteBucketOwnershipControls,
  getBucketOwnershipControls,
  putBucketOwnershipControls,
} from '../../operations/bucket-ownership.ts';
import { OWNERSHIP_WORDS, ownershipOf } from '../ownership-words.ts';

export const putBucketOwnershipControlsCodec = codec({
  operation: putBucketOwnershipControls,
  async decode({ wire }, limits): Promise<{ ownership: Ownership }> {
    const root = await readXml(wire, 'OwnershipControls', XML_CONFIG_BYTES, limits);
    const [rule, second] = xmlChildren(root, 'Rule');
    const ownership = rule === undefined ? undefined : ownershipOf(xmlText(rule, 'ObjectOwnership'));
    if (ownership === undefined || second !== undefined) {
      throw malformedXml('There must be one Rule with an ObjectOwnership.');
    }
    return { ownership };
  },
  encode: () => emptyReply(),
});

export const getBucketOwnershipControlsCodec = codec({
  operation: getBucketOwnershipControls,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ ownership }) =>
    xmlReply(
      `<OwnershipControls><Rule><ObjectOwnership>${OWNERSHIP_WORDS[ownership]}</ObjectOwnership></Rule></OwnershipControls>`,
    ),
});

export const deleteBucketOwnershipControlsCodec = codec({
  operation: deleteBucketOwnershipControls,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
