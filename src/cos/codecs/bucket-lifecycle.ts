/** PUT, GET and DELETE Bucket lifecycle. Source: spec/buckets.md §12. */
import {
  deleteBucketLifecycle,
  getBucketLifecycle,
  type PutBucketLifecycleInput,
  putBucketLifecycle,
} from '../../operations/bucket-lifecycle.ts';
import { codec, emptyReply } from '../codec.ts';
import { refuseBody } from '../decode/body.ts';
import { readLifecycle } from '../decode/lifecycle.ts';
import { lifecycleReply } from '../lifecycle-reply.ts';

export const putBucketLifecycleCodec = codec({
  operation: putBucketLifecycle,
  async decode({ wire }, limits): Promise<PutBucketLifecycleInput> {
    return { rules: await readLifecycle(wire, limits) };
  },
  encode: () => emptyReply(),
});

export const getBucketLifecycleCodec = codec({
  operation: getBucketLifecycle,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: (configuration) => lifecycleReply(configuration),
});

export const deleteBucketLifecycleCodec = codec({
  operation: deleteBucketLifecycle,
  async decode({ wire }) {
    await refuseBody(wire);
    return undefined;
  },
  encode: () => emptyReply(204),
});
