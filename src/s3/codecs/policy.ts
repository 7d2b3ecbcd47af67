/** GetBucketPolicyStatus. Source: spec/s3.md §6. */
import { codec, xmlReply } from '../../cos/codec.ts';
import { refuseBody } from '../../cos/decode/body.ts';
import { xmlElement } from '../../http/xml-writer.ts';
import { getBucketPolicyStatus } from '../../operations/bucket-policy-status.ts';

export const getBucketPolicyStatusCodec = codec({
  operation: getBucketPolicyStatus,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ isPublic }) => xmlReply(`<PolicyStatus>${xmlElement('IsPublic', isPublic)}</PolicyStatus>`),
});
