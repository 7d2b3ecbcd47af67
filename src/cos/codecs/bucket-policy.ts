/** PUT, GET and DELETE Bucket policy. Source: spec/access.md §8, spec/buckets.md §14. */
import { isUtf8 } from 'node:buffer';
import { POLICY_LIMITS } from '../../access/policy/parse.ts';
import { CosError } from '../../errors/cos-error.ts';
import { deleteBucketPolicy, getBucketPolicy, putBucketPolicy } from '../../operations/bucket-policy.ts';
import { codec, emptyReply } from '../codec.ts';
import { readWhole, refuseBody } from '../decode/body.ts';

export const putBucketPolicyCodec = codec({
  operation: putBucketPolicy,
  async decode({ wire }) {
    const body = await readWhole(wire, POLICY_LIMITS.textBytes, 'PolicyFull');
    if (!isUtf8(body)) throw new CosError('MalformedPolicy', { message: 'The policy is not UTF-8.' });
    return { text: body.toString('utf8') };
  },
  encode: () => emptyReply(204),
});

export const getBucketPolicyCodec = codec({
  operation: getBucketPolicy,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: ({ text }) => ({ status: 200, headers: ['Content-Type', 'application/json'], body: text }),
});

export const deleteBucketPolicyCodec = codec({
  operation: deleteBucketPolicy,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
